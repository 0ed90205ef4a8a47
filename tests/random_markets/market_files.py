"""A random market as a user would write it: a scenario and a folder of CSV files."""

import csv
from dataclasses import dataclass
from pathlib import Path

import yaml

BUSES, LINES = ["bus", "load_mw", "is_hub"], ["line_id", "from_bus", "to_bus", "reactance_pu", "limit_mw"]
UNITS = ["unit_group", "bus", "unit_type", "fuel", "dispatch", "capacity_mw", "marginal_cost_usd_per_mwh"]
UNITS += ["marginal_cost_slope_usd_per_mwh2", "e_kg_per_mwh", "ramp_mw_per_h"]


@dataclass(frozen=True)
class RandomMarket:
    number: int
    classes: tuple[str, ...]
    scenario: dict
    buses: list[dict]
    lines: list[dict]
    units: list[dict]
    # Pairs of mechanism and executor.
    runs: tuple[tuple[str, str], ...]

    def write(self, folder: Path) -> Path:
        """The scenario's path."""
        tables = (("buses.csv", BUSES, self.buses), ("lines.csv", LINES, self.lines))
        for name, columns, rows in (*tables, ("unit_groups.csv", UNITS, self.units)):
            with (folder / name).open("w", newline="") as file:
                writer = csv.DictWriter(file, columns)
                writer.writeheader()
                writer.writerows(rows)
        path = folder / "s.yaml"
        path.write_text(yaml.safe_dump(self.scenario, sort_keys=False))
        return path
