"""What the framework takes from a declaration: canonical matrices, found once for agents that are alike."""
