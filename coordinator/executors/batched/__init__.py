"""The batched executor: agents whose problems have the same structure are answered together."""
