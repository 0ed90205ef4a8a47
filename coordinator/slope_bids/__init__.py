"""Slope bids: agents answer prices with trades and slopes, and prices take Newton steps."""
