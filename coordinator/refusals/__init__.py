"""Markets that are refused before the first round, by what they are made of."""
