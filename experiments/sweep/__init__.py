"""Sweeps: one scenario many times, with other values each time."""
