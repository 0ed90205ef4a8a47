"""What is solved in the benchmark."""
