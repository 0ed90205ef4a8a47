"""Linear algebra of interior-point steps: quasidefinite systems, block by block."""
