"""A sweep over a market of two buses that takes a moment: some runs converge, some do not, some cannot be served."""

from pathlib import Path
from typing import Any

import pandas as pd
import yaml
from support.small_grid import small_document, write_case

ELASTICITIES = [-0.2, -0.4]
FIXED = {"coordinator.tolerance": 1e-4}
# Two runs each.
CUT_SHORT = {"coordinator.max_rounds": 3}
CALM: dict[str, Any] = {}
UNSERVABLE = {"hyperscalers.h.batches_mw.chat": 1000}


def write_small_scenario(folder: Path) -> Path:
    """Write a scenario and its case."""
    hyperscaler = {"name": "h", "bus": 2, "cost_weight": 0.9, "batches_mw": {"chat": 4, "code": 2}}
    lender = {"name": "m", "bus": 1, "capacity_mw": 3, "curtailed_mw": 1, "batches": ["chat"]}
    case = write_case(folder / "case")
    document = small_document(case, hyperscalers=[hyperscaler], modular_datacenters=[lender], seed=5)
    path = folder / "small.yaml"
    path.write_text(yaml.safe_dump(document))
    return path


def write_sweep(folder: Path, **sections: Any) -> Path:
    """Write a sweep of the small scenario beside it."""
    if not (folder / "small.yaml").exists():
        write_small_scenario(folder)
    path = folder / "sweep.yaml"
    path.write_text(yaml.safe_dump({"scenario": "small.yaml", **sections}, sort_keys=False))
    return path


def write_mixed_sweep(folder: Path) -> Path:
    """Write the sweep of six runs."""
    return write_sweep(
        folder,
        set=FIXED,
        runs=[CUT_SHORT, CALM, UNSERVABLE],
        grid={"consumers.price_elasticity": ELASTICITIES},
        monolith=True,
    )


def tables(folder: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Both tables, without what depends on the machine."""
    runs, iterations = (pd.read_parquet(folder / f"{name}.parquet") for name in ("runs", "iterations"))
    return runs.drop(columns="seconds"), iterations.drop(columns="seconds")


def stamps(folder: Path) -> dict[str, tuple[int, int]]:
    """Inode and time of change of every file of every finished run."""
    files = [path for kind in ("runs", "failures") for path in (folder / kind).rglob("*") if path.is_file()]
    kept = [path for path in files if not any(part.startswith(".") for part in path.relative_to(folder).parts)]
    return {str(path.relative_to(folder)): (path.stat().st_ino, path.stat().st_mtime_ns) for path in kept}
