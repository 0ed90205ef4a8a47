"""The theory, checked: the paper's own complementarity problem, and its two theorems with numbers."""
