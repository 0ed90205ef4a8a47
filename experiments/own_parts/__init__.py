"""Agents and mechanisms that somebody else wrote, named ``module:Class``."""
