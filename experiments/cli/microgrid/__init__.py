"""`walras microgrid`: one small file a command."""
