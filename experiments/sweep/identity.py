"""What makes a run the same run: a key that no other scenario shares."""

from __future__ import annotations

import json
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

from ..archive.digest import digest
from ..own_parts.consent import named_code
from ..own_parts.own_code import source_of
from ..scenario.schema import Scenario


def run_key(scenario: Scenario, executor: str, *, monolith: bool) -> str:
    """Digest of all that the result of a run follows from: version of walras, files of the grid, modules it names."""
    document = {
        "walras": version("walras"),
        "executor": executor,
        "monolith": monolith,
        "scenario": scenario.model_dump(mode="json"),
        **_what_it_names(scenario),
    }
    return digest(json.dumps(document, sort_keys=True).encode())


def scenario_key(scenario: Scenario) -> str:
    """Digest of a scenario with what it names, whatever its mechanism and however many rounds it may take."""
    apart = {"coordinator": {"mechanism", "arguments", "max_rounds"}}
    document = {"scenario": scenario.model_dump(mode="json", exclude=apart), **_what_it_names(scenario)}
    return digest(json.dumps(document, sort_keys=True).encode())


def _what_it_names(scenario: Scenario) -> dict[str, dict[str, str]]:
    return {
        "grid_files": _digests(Path(scenario.grid.source)),
        "own_code": _digests_of_code(named_code(scenario)),
    }


def _digests(source: Path) -> dict[str, str]:
    """Of a file, or of all files in a folder; a grid that comes with walras has a name and no path."""
    if not source.is_absolute():
        return {}
    files = sorted(source.iterdir()) if source.is_dir() else [source]
    return {path.name: digest(path.read_bytes()) for path in files if path.is_file()}


def _digests_of_code(names: Iterable[str]) -> dict[str, str]:
    """Of the modules that are named; what these import in turn is not looked at."""
    files = {name: source_of(name) for name in names}
    return {name: digest(path.read_bytes()) for name, path in files.items() if path is not None}
