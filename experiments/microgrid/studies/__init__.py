"""What joint planning is worth as one thing varies, over many seeds, and through what it gains."""
