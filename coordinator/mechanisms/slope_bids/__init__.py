"""Slope bids, the coordinator's side: prices take the Newton step that all bids add up to."""
