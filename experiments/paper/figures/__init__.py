"""The figures of the case study."""
