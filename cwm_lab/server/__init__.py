"""The class server: one model for many students, by HTTP. It predicts; it never runs a program."""
