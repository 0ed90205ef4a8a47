"""How the executor on Ray grows with workers and sizes: measured, and on paper beyond."""
