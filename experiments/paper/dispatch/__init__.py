"""Dispatches of given demand, and what they say of emissions."""
