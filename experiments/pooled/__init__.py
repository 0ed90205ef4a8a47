"""What a pool leaves unsaid: who contracts with whom."""
