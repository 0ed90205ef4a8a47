"""Plans that leave something out: compute without energy, energy without compute."""
