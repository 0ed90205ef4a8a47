"""What the paper's printed numbers say by themselves, without any simulation."""
