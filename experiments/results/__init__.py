"""Results: prices and allocations in the terms of the study, and held against each other."""
