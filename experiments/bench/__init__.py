"""The benchmark: mechanisms, executors, monoliths and peers side by side, every result certified."""
