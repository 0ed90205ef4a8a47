"""Instances from a few numbers and a seed."""
