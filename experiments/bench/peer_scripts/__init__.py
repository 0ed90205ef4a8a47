"""Scripts that peers run in environments of their own; they import nothing of walras.

Each is called with the JSON file of an exchange problem, the file to write, and a budget of seconds. It writes an
.npz with one entry a checkpoint in `iterations`, `seconds` (without set-up), `sales` and `purchases` (of shape
(checkpoints, sellers, buyers)), and `setup_seconds`, `bytes_per_round`, `messages_per_round`, `version`.
"""
