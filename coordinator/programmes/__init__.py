"""Linear and quadratic programmes by solvers that print nothing, the second where the first one fails."""
