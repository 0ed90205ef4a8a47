"""What makes a run the same run: a key that no other scenario shares."""

from __future__ import annotations

import json
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from ..scenario.schema import Scenario


def run_key(scenario: Scenario, executor: str, *, monolith: bool) -> str:
    """Digest of all that the result of a run follows from, files of the grid and version of walras included."""
    document = {
        "walras": version("walras"),
        "executor": executor,
        "monolith": monolith,
        "scenario": scenario.model_dump(mode="json"),
        "grid_files": _digests(Path(scenario.grid.source)),
    }
    return _digest(json.dumps(document, sort_keys=True).encode())


def _digests(source: Path) -> dict[str, str]:
    """Of a file, or of all files in a folder; a grid that comes with walras has a name and no path."""
    if not source.is_absolute():
        return {}
    files = sorted(source.iterdir()) if source.is_dir() else [source]
    return {path.name: _digest(path.read_bytes()) for path in files if path.is_file()}


def _digest(content: bytes) -> str:
    return sha256(content).hexdigest()[:20]
