"""What a folder with a scenario says, read without the package."""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import yaml


@dataclass(frozen=True)
class Written:
    """Numbers of a market as they are written, in MW, $/MWh and kg/MWh.

    `load` and `injection` are of shape (buses, hours), `work` and `rentable` of shape (hyperscalers, batches of all,
    hours) and (lenders, batches of all).
    """

    buses: list[int]
    hub: int
    line_ids: list[str]
    limit: np.ndarray
    ptdf: np.ndarray
    units: list[str]
    unit_bus: np.ndarray
    capacity: np.ndarray
    cost: np.ndarray
    slope: np.ndarray
    rate: np.ndarray
    ramp: np.ndarray
    load: np.ndarray
    injection: np.ndarray
    elasticity: float
    floor: float
    forward: float
    forward_basis: str
    hyperscalers: list[str]
    hyper_bus: np.ndarray
    kappa: np.ndarray
    work: np.ndarray
    lenders: list[str]
    lender_bus: np.ndarray
    energy_capacity: np.ndarray
    curtailed: np.ndarray
    rentable: np.ndarray
    gpu_mw: float
    ex_ante: bool
    counts_curtailed: bool

    @property
    def hours(self) -> int:
        return self.load.shape[1]


def read_market(scenario_path: Path) -> Written:
    says = yaml.safe_load(scenario_path.read_text())
    folder = scenario_path.parent / says["grid"]["source"]
    buses, lines, groups = (_rows(folder / name) for name in ("buses.csv", "lines.csv", "unit_groups.csv"))
    numbers = [int(row["bus"]) for row in buses]
    place = {number: i for i, number in enumerate(numbers)}
    hours = says.get("periods", 1)
    profile = np.array(says.get("load_profile") or [1.0] * hours)
    load = np.array([[_number(row["load_mw"])] for row in buses]) * profile
    injection = np.zeros_like(load)
    for row in groups:
        if row["dispatch"] == "fixed":
            injection[place[int(row["bus"])]] += float(row["capacity_mw"])
    units = [row for row in groups if row["dispatch"] == "market"]
    consumers = says.get("consumers", {})
    hypers, lenders = says.get("hyperscalers", []), says.get("modular_datacenters", [])
    batches = list(dict.fromkeys(name for hyper in hypers for name in hyper["batches_mw"]))
    work = np.zeros((len(hypers), len(batches), hours))
    for h, hyper in enumerate(hypers):
        for name, mw in hyper["batches_mw"].items():
            work[h, batches.index(name)] = mw
    column = {name: np.array([float(row[name]) for row in units]) for name in ("capacity_mw", "e_kg_per_mwh")}
    weights = np.array([hyper["cost_weight"] for hyper in hypers])
    return Written(
        buses=numbers,
        hub=next(i for i, row in enumerate(buses) if row["is_hub"] == "1"),
        line_ids=[row["line_id"] for row in lines],
        limit=np.array([_number(row["limit_mw"], np.inf) for row in lines]) * says["grid"].get("line_limit_scale", 1.0),
        ptdf=_ptdf(numbers, lines),
        units=[row["unit_group"] for row in units],
        unit_bus=np.array([place[int(row["bus"])] for row in units], dtype=int),
        capacity=column["capacity_mw"],
        cost=np.array([float(row["marginal_cost_usd_per_mwh"]) for row in units]),
        slope=np.array([float(row["marginal_cost_slope_usd_per_mwh2"]) for row in units]),
        rate=column["e_kg_per_mwh"],
        ramp=np.array([_number(row["ramp_mw_per_h"], np.inf) for row in units]),
        load=load,
        injection=injection,
        elasticity=abs(consumers.get("price_elasticity", -0.2)),
        floor=consumers.get("price_floor", 0.05),
        forward=consumers.get("forward_position", 0.0),
        forward_basis=consumers.get("forward_basis", "generator"),
        hyperscalers=[hyper["name"] for hyper in hypers],
        hyper_bus=np.array([place[hyper["bus"]] for hyper in hypers], dtype=int),
        kappa=(1 - weights) / weights,
        work=work,
        lenders=[lender["name"] for lender in lenders],
        lender_bus=np.array([place[lender["bus"]] for lender in lenders], dtype=int),
        energy_capacity=np.array([lender["capacity_mw"] for lender in lenders]),
        curtailed=np.array([np.full(hours, lender["curtailed_mw"]) for lender in lenders]).reshape(-1, hours),
        rentable=np.array([[name in lender["batches"] for name in batches] for lender in lenders]).reshape(
            len(lenders), len(batches)
        ),
        gpu_mw=says.get("gpu_rating_kw", 1000 / 1700) / 1000,
        ex_ante=says.get("disclosure") == "ex_ante",
        counts_curtailed=says.get("disclosed_intensity", "per_used_mwh") == "per_used_mwh",
    )


def _rows(path: Path) -> list[dict]:
    with path.open() as file:
        return list(csv.DictReader(file))


def _number(text, empty: float = 0.0) -> float:
    return float(text) if text != "" else empty


def _ptdf(numbers, lines) -> np.ndarray:
    """Flows from injections, by the pseudoinverse of the weighted Laplacian; shape (lines, buses)."""
    ends = np.zeros((len(lines), len(numbers)))
    for row, line in enumerate(lines):
        ends[row, numbers.index(int(line["from_bus"]))] += 1
        ends[row, numbers.index(int(line["to_bus"]))] -= 1
    flows = ends / np.array([[float(line["reactance_pu"])] for line in lines])
    return flows @ np.linalg.pinv(ends.T @ flows)
