"""Other packages, measured on the same problems."""
