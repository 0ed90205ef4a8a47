"""A study for a reader at the terminal."""

from __future__ import annotations

from rich.console import Console

from ....network.plain import printable
from ...microgrid.microgrid_plan import COMPUTE_ONLY, ENERGY_ONLY, JOINT
from ...microgrid.report.spread_words import spread_words
from ...microgrid.studies.abatement import abatement
from ...microgrid.studies.abstract_claims import verdicts
from ...microgrid.studies.claim_runs import SETTINGS
from ...microgrid.studies.coalition_plans import PLAYERS
from ...microgrid.studies.spread import Spread, spread
from ...microgrid.studies.study_document import StudyDone, gain_spread, split_spread, spread_of
from ...microgrid.studies.study_kinds import AXES, StudyKind
from .columns import Column, print_columns, terminal

_HEADINGS = {JOINT: "joint", ENERGY_ONLY: "energy\nonly", COMPUTE_ONLY: "compute\nonly"}
_NAMES = {JOINT: "joint", ENERGY_ONLY: "energy only", COMPUTE_ONLY: "compute only"}


def print_study(study: StudyDone) -> None:
    """Print medians with extremes for every kind, the split, and a verdict on each claim."""
    console = terminal()
    seeds = f"{len(study.seeds)} seeds; medians, least and largest in brackets" if len(study.seeds) > 1 else "one run"
    console.print(f"{printable(study.scenario)}: {seeds}")
    for kind in study.kinds:
        _print_kind(console, study, kind)
    if study.claims:
        _print_split(console, study)
        _print_verdicts(console, study)
    if study.out_of_time:
        console.print(f"{study.out_of_time} plans are not within the gap: their time was up.")
    if not study.is_complete:
        console.print("The study was broken off; what stands here is of the runs that had ended.")


def _print_kind(console: Console, study: StudyDone, kind: StudyKind) -> None:
    console.print()
    console.print(AXES[kind])
    by_value = study.values_of(kind)
    columns = [
        Column(
            f"{heading}\n{unit}",
            [_told(spread_of(points, name, figure), scale) for _, points in by_value],
        )
        for figure, unit, scale in (("benefit_usd", "k$", 1e-3), ("emissions_t", "t", 1.0))
        for name, heading in _HEADINGS.items()
    ]
    columns += [
        Column(f"more than\n{_NAMES[name]}, k$", [_told(gain_spread(points, name), 1e-3, 2) for _, points in by_value])
        for name in (ENERGY_ONLY, COMPUTE_ONLY)
    ]
    if kind is StudyKind.BUDGET:
        curves = [abatement([p for p in study.points if p.kind is kind and p.seed == seed]) for seed in study.seeds]
        steps = [[step for curve in curves for step in curve if step.share == value] for value, _ in by_value]
        columns += [
            Column("lost by\nt avoided, $", [_told(spread(s.average_usd_per_t for s in at)) for at in steps]),
            Column("by one\nt more, $", [_told(spread(s.marginal_usd_per_t for s in at)) for at in steps]),
        ]
    if kind is StudyKind.SCALE:
        seconds = [_told(spread_of(points, JOINT, "seconds")) for _, points in by_value]
        gaps = [_told(spread_of(points, JOINT, "gap"), 100.0, 3) for _, points in by_value]
        columns += [Column("joint\nseconds", seconds), Column("joint\ngap, %", gaps)]
    print_columns(console, [Column("", [points[0].label for _, points in by_value], "left")], columns)
    for name in _HEADINGS:
        without = [points[0].label for _, points in by_value if any(p.plans[name].benefit_usd is None for p in points)]
        if without:
            console.print(
                f"{_NAMES[name]}: some seeds have no schedule at {', '.join(without)}; numbers are of the others"
            )


def _print_split(console: Console, study: StudyDone) -> None:
    console.print()
    console.print("What the joint plan has beyond nothing but the policy, by Shapley values [k$]")
    found = {setting: split_spread(study.claims, setting) for setting in SETTINGS}
    rows = {
        "empty": "policy, imports",
        **{player: f"+ {player.replace('_', ' ')}" for player in PLAYERS},
        "joint": "= joint",
        "energy_only": "energy only",
    }
    columns = [Column(setting, [_told(found[setting][row], 1e-3, 2) for row in rows]) for setting in SETTINGS]
    print_columns(console, [Column("", list(rows.values()), "left")], columns)


def _print_verdicts(console: Console, study: StudyDone) -> None:
    console.print()
    console.print("What is claimed of joint planning")
    found = verdicts(study.claims)
    labels = [
        Column("", _once([f"{verdict.claim.words} [{verdict.claim.measure}]" for verdict in found]), "left"),
        Column("carbon", [verdict.setting for verdict in found], "left"),
    ]
    columns = [
        Column("verdict", [verdict.word for verdict in found], "left"),
        Column("runs", [f"{v.held} of {v.spread.count}" if v.spread else "" for v in found]),
        Column("more than", [f"{verdict.claim.more_than:g}" for verdict in found]),
        Column("median", [_told(verdict.spread, 1.0, 2) for verdict in found]),
    ]
    print_columns(console, labels, columns)
    console.print(
        "Energy-only plans are feasible for the joint problem, so that a gain over them is by how much, no more."
    )
    console.print("Compute-only planning does not look at a budget, which it may exceed.")


def _once(labels: list[str]) -> list[str]:
    """Labels without those that repeat what stands above."""
    return [label if not position or label != labels[position - 1] else "" for position, label in enumerate(labels)]


def _told(found: Spread | None, scale: float = 1.0, digits: int = 1) -> str:
    return spread_words(found, scale, f",.{digits}f", nothing="none")
