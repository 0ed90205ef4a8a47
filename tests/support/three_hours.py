"""A market of two buses and three hours: the line between them is full in the second hour alone."""

from pathlib import Path

import yaml

from .small_grid import small_document, write_case


def write_three_hours(folder: Path) -> Path:
    """Write case and scenario into a folder that there is, and return the scenario's path."""
    document = small_document(
        write_case(folder / "case", lines="a,1,2,0.1,20.5\n"),
        periods=3,
        load_profile=[0.5, 1.0, 0.8],
        hyperscalers=[{"name": "h", "bus": 2, "cost_weight": 0.9, "batches_mw": {"chat": 4}}],
        modular_datacenters=[
            {"name": "m", "bus": 1, "capacity_mw": 3, "curtailed_mw": [0, 1, 2], "batches": ["chat"]},
        ],
        coordinator={"mechanism": "slope-bids"},
    )
    path = folder / "three_hours.yaml"
    path.write_text(yaml.safe_dump(document))
    return path
