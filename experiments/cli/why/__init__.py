"""`walras why`: its command, and what it prints."""
