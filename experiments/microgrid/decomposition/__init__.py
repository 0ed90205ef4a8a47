"""The joint plan decomposed by prices: a bound and a schedule at every round."""
