"""A week slot by slot: plans that look ahead a little, and what it costs not to know."""
