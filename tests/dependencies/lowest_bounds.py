"""Constraints that hold every package at its lower bound in pyproject.toml: `python lowest_bounds.py > lowest.txt`.

Packages without a lower bound, and those that are none of ours, stay free.
"""

import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# Name, extras, and the lower bound, which comes first.
_REQUIREMENT = re.compile(r"(?P<name>[A-Za-z0-9_.-]+)(\[[^]]*\])?>=(?P<bound>[0-9.]+)(,.*)?")
# What the suite needs; the other extras are tried by hand.
_TRIED = ("test",)


def lowest_bounds(project: dict) -> dict[str, str]:
    """Lower bound of every package that a suite needs, from the table `project`; the highest where it has several."""
    wanted = [*project["dependencies"]]
    for extra in _TRIED:
        wanted += project["optional-dependencies"][extra]
    bounds: dict[str, str] = {}
    for requirement in wanted:
        found = _REQUIREMENT.fullmatch(requirement)
        if found is None:
            raise ValueError(f"{requirement!r} has no lower bound that comes first")
        name, bound = found["name"], found["bound"]
        bounds[name] = max(bound, bounds.get(name, bound), key=lambda text: [int(part) for part in text.split(".")])
    return bounds


def main() -> None:
    """Print one constraint a line."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    sys.stdout.writelines(f"{name}=={bound}\n" for name, bound in lowest_bounds(project).items())


if __name__ == "__main__":
    main()
