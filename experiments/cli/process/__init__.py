"""What the command line does to its own process: signals, and limits of memory."""
