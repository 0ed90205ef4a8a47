"""Datacenters as microgrid prosumers: compute and energy scheduled together."""
