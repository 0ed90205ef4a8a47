"""Price rules for agents with choices: prices of a plan, and what everybody loses by following it at these."""
