"""Measures of how far a market is from clearing, for the market as a whole and for each agent in its own scale."""
