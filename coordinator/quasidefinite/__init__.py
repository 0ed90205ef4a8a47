"""Linear algebra of interior-point steps: quasidefinite matrices, block by block."""
