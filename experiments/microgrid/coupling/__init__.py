"""The two systems together: sites stand at buses of a market, whose prices and emissions they plan by."""
