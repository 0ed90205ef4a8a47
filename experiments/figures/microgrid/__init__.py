"""Figures of the second system."""
