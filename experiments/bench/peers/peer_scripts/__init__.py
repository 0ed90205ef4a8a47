"""Scripts that peers run in environments of their own; they import nothing of walras.

Those for the exchange are called with its JSON file, the file to write, and a budget of seconds. They write an
.npz with one entry a checkpoint in `iterations`, `seconds` (without set-up), `sales` and `purchases` (of shape
(checkpoints, sellers, buyers)), and `setup_seconds`, `bytes_per_round`, `messages_per_round`, `version`. The other
one, for complementarity problems, says itself what it reads and writes.
"""
