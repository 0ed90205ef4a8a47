"""Scenarios: what a study assumes, from a file to a market."""
