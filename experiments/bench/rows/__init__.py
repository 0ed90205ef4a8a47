"""One measured row of the benchmark, and what judges it."""
