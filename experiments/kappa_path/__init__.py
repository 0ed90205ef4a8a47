"""The path in kappa, a hyperscaler's price of a kilogram: followed from breakpoint to breakpoint, not sampled."""
