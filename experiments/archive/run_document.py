"""What tables at the terminal and figures rely on in the document of a run; more may stand there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ...network.plain import printable, shown
from ..errors import Fault
from ..scenario.faults import faults_in

# What was not finite is null.
Number = float | None
Hours = Annotated[list[Number], Field(min_length=1)]
Series = dict[str, Hours]
Pair = Annotated[list[Number], Field(min_length=2, max_length=2)]
Count = Annotated[int, Field(ge=0, le=2**53)]


class _Part(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True)


class _Certificate(_Part):
    relative_gap: Number
    max_relative_imbalance: Number
    max_relative_violation: Number = None
    repaired_gap: Number = None
    total_regret_usd: Number
    regret_usd: dict[str, Number] = {}


class _Seconds(_Part):
    build: float
    compile: float
    iterate: float
    certify: float


class _Lease(_Part):
    price_usd_per_gpu: Hours
    energy_mwh: Hours
    intensity_kg_per_mwh: Hours


class _Emissions(_Part):
    system: Number
    local: Number
    mdc: Number


# Null is a range that was not found within the budget.
Range = Pair | None
Ranges = dict[str, Annotated[list[Range], Field(min_length=1)]]


class _LeaseIntervals(_Part):
    energy_mwh: list[Range] = []
    price_usd_per_gpu: list[Range] = []


class _Intervals(_Part):
    price_usd_per_mwh: Ranges = {}
    demand_mwh: Ranges = {}
    generation_mwh: Ranges = {}
    flow_mw: Ranges = {}
    co2_t: Ranges = {}
    lease: dict[str, _LeaseIntervals] = {}


class _Result(_Part):
    welfare_usd: Number
    price_usd_per_mwh: Annotated[Series, Field(min_length=1)]
    demand_mwh: Series
    generation_mwh: Series
    flow_mw: Series
    line_price_usd_per_mw: Series
    lease: dict[str, _Lease]
    co2_t: _Emissions
    congestion_rent_usd: Number
    workload_price_usd_per_mwh: Series
    surplus_usd: dict[str, Number]
    intervals: _Intervals | None = None


class _Equilibrium(_Part):
    mlcp_residual: Number
    solver: str
    seconds: float
    selection: str
    result: _Result
    interval: dict[str, Pair] = {}


class _Difference(_Part):
    welfare_relative: Number
    price_usd_per_mwh: Number
    demand_mwh: Number
    generation_mwh: Number


class _Symptom(_Part):
    good: str
    pattern: str
    unit: str
    imbalance: Pair
    price: Pair


class _Diagnosis(_Part):
    summary: str
    goods: list[_Symptom]


class _Disclosure(_Part):
    mix_kg_per_mwh: dict[str, dict[str, Number]] = {}
    mixes: int | None = None


class _Grid(_Part):
    source: str


class _ScenarioDocument(_Part):
    grid: _Grid


class RunDocument(_Part):
    """The document of a run."""

    scenario: str
    status: str
    reason: str
    mechanism: str
    rounds: Count
    best_round: Count
    certificate: _Certificate
    seconds: _Seconds
    result: _Result
    scenario_document: _ScenarioDocument
    disclosure: _Disclosure = _Disclosure()
    equilibrium: _Equilibrium | None = None
    difference: _Difference | None = None
    diagnosis: _Diagnosis | None = None
    monolith_failure: str | None = None


def document_faults(document: Any) -> list[Fault]:
    """Everything that keeps a document from being shown as a run, or drawn."""
    if not isinstance(document, dict):
        document = {}
    unprintable = [Fault(path, f"{shown(text)} holds control characters") for path, text in _texts(document, "")]
    try:
        run = RunDocument.model_validate(document)
    except ValidationError as error:
        return [*unprintable, *faults_in(error, RunDocument, document)]
    hours = len(next(iter(run.result.price_usd_per_mwh.values())))
    unprintable += _uneven(run.result.model_dump(), hours, "result")
    if run.equilibrium is not None:
        unprintable += _uneven(run.equilibrium.result.model_dump(), hours, "equilibrium.result")
        unprintable += _foreign(run.result, run.equilibrium.result)
        if run.difference is None:
            unprintable.append(Fault("difference", "is missing beside an equilibrium"))
    return unprintable


def _texts(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """Texts and keys that a terminal would obey; lines may end."""
    if isinstance(value, str) and not value.replace("\n", "").isprintable():
        yield path, value
    elif isinstance(value, dict):
        for key, item in value.items():
            below = printable(f"{path}.{key}" if path else key)
            if not key.isprintable():
                yield below, key
            yield from _texts(item, below)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            if isinstance(item, (dict, list, str)):
                yield from _texts(item, f"{path}.{index}")


def _foreign(ours: _Result, theirs: _Result) -> Iterator[Fault]:
    """Names that one of two results of the same market lacks."""
    for key in type(ours).model_fields:
        one, other = getattr(ours, key), getattr(theirs, key)
        if isinstance(one, dict) and one.keys() != other.keys():
            yield Fault(f"equilibrium.result.{key}", f"has other names than result.{key}")


def _uneven(value: Any, hours: int, path: str) -> Iterator[Fault]:
    """Lists that have not one item an hour; what is one figure of all hours has one range."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _uneven(item, hours, f"{path}.{key}")
    elif isinstance(value, list) and value and len(value) != hours and ".intervals.co2_t." not in path:
        yield Fault(printable(path), f"has {len(value)} items; the prices have {hours}, one an hour")
