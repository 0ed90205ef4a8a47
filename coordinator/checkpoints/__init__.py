"""Checkpoints: where a run stands as arrays and plain numbers, and back."""
