"""The `cwm` dialect: a whole trace as one text, as Meta's Code World Model reads and writes it."""
