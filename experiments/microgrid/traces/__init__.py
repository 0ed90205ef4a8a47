"""Inference demand from published traces of requests."""
