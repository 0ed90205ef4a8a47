"""What the paper leaves open, fitted to what it prints."""
