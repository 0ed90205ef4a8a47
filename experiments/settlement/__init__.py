"""Settlement: from the best round of a run to the allocation that is shown."""
