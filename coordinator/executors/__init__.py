"""Executors: ways to compute the responses, which never change them."""
