"""How far the numbers of two run folders are apart: ``python tests/support/compare_folders.py OLD NEW [TOLERANCE]``.

OLD and NEW are run folders, or folders of run folders of the same names. Times and versions are left out. Exit code 1
if a number differs by more than the tolerance (default 0: bit for bit), relative to the largest of its column or 1.
"""

import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd

TABLES = ("rounds.parquet", "prices.parquet", "trades.parquet")
TIMES = {"seconds"}


def difference(old: Path, new: Path) -> float:
    """Largest difference of any number of two run folders; infinite if they do not tell of the same things."""
    tables = max(_of_tables(pd.read_parquet(old / name), pd.read_parquet(new / name)) for name in TABLES)
    documents = [json.loads((folder / "run.json").read_text()) for folder in (old, new)]
    return max(tables, _of_values(*(document["result"] for document in documents)))


def _of_tables(old: pd.DataFrame, new: pd.DataFrame) -> float:
    if old.shape != new.shape or list(old.columns) != list(new.columns):
        return np.inf
    return max((_of_columns(old[name], new[name]) for name in old.columns if name not in TIMES), default=0.0)


def _of_columns(old: pd.Series, new: pd.Series) -> float:
    if not pd.api.types.is_numeric_dtype(old):
        return 0.0 if old.equals(new) else np.inf
    return _of_numbers(old.to_numpy(float), new.to_numpy(float))


def _of_values(old: object, new: object) -> float:
    if isinstance(old, dict) and isinstance(new, dict) and old.keys() == new.keys():
        return max((_of_values(old[key], new[key]) for key in old), default=0.0)
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        return max(map(_of_values, old, new), default=0.0)
    if isinstance(old, float | int) and isinstance(new, float | int):
        return _of_numbers(np.array([old], float), np.array([new], float))
    return 0.0 if old == new else np.inf


def _of_numbers(old: np.ndarray, new: np.ndarray) -> float:
    if not np.array_equal(np.isnan(old), np.isnan(new)):
        return np.inf
    known = ~np.isnan(old) & (old != new)
    scale = max(1.0, float(np.abs(old[np.isfinite(old)]).max(initial=0.0)))
    return float((np.abs(old[known] - new[known]) / scale).max(initial=0.0))


def main(old: Path, new: Path, tolerance: float) -> int:
    """Print the difference of each pair, and tell whether one is too large."""
    names = [""] if (old / "run.json").exists() else sorted(path.parent.name for path in old.glob("*/run.json"))
    differences = {name: difference(old / name, new / name) for name in names}
    for name, value in differences.items():
        sys.stdout.write(f"{name or new.name:45} {value:.3g}\n")
    return int(not differences or max(differences.values()) > tolerance)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3]) if len(sys.argv) > 3 else 0.0))
