"""A program that stands in for the Python of a peer's environment."""

import sys
from pathlib import Path

from walras.experiments.bench.peers.environments import PeerEnvironment

# Called as `python -c "import ..."` it says nothing; called with a script it solves the problem itself.
_SOLVES = """
import json, sys
import numpy as np
if sys.argv[1] == "-c":
    sys.exit(0)
numbers = {{key: np.array(values) for key, values in json.load(open(sys.argv[2])).items()}}
low, high = 0.0, numbers["willingness"].max()
for _ in range(200):
    price = (low + high) / 2
    sold = np.clip((price - numbers["cost"]) / numbers["slope"], 0, numbers["capacity"])
    bought = np.maximum((numbers["willingness"] - price) / numbers["steepness"], 0)
    low, high = (price, high) if sold.sum() < bought.sum() else (low, price)
exact = np.outer(sold, bought) / bought.sum()
allocations = np.array([exact * factor for factor in {factors}])
np.savez(
    sys.argv[3],
    iterations=np.arange(1, len(allocations) + 1) * 10,
    seconds=np.arange(1, len(allocations) + 1) * 2.0,
    sales=allocations,
    purchases=allocations,
    setup_seconds=0.5,
    bytes_per_round=100,
    messages_per_round=4,
    version="9.9",
)
"""


def solving_peer(folder: Path, factors: list[float], peer: str = "dede") -> PeerEnvironment:
    """One checkpoint for each factor on the exact solution."""
    return fake_peer(folder, _SOLVES.format(factors=factors), peer)


def fake_peer(folder: Path, program: str, peer: str = "dede") -> PeerEnvironment:
    """An environment whose Python is a program of the test's own."""
    python = folder / "python"
    python.write_text(f"#!{sys.executable}\n{program}")
    python.chmod(0o755)
    return PeerEnvironment(peer, python)
