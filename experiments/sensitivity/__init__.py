"""Why this price: derivatives of an equilibrium, from its KKT system."""
