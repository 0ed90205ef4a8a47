"""Slope bids, the agents' side: open a book, follow the prices, bid."""
