"""Mechanisms: rules that turn what agents answer into the next announcement."""
