"""Benchmarks: `make bench`. None of them is a test; no test has a time limit."""
