"""Results for a reader at the terminal."""
