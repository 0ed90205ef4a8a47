"""Claim 7: what forward contracts of conventional load do to congestion."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..lookup import Cases
from ..paper_settings import SETTING_NAMES, SETTINGS, forward_title
from .verdicts import Claim, Finding, divided, graded

# Congestion rent that moves by less hardly moves, and does not decline.
HARDLY_MOVES = 0.01
# A step that rises by less is rounding.
ROUNDING = 1e-4
# A grid with less is not congested.
NO_RENT_USD = 1.0

_RENT = "congestion_rent_usd"


def congestion_declines(cases: Cases) -> Claim:
    """Claim 7."""
    findings, evidence = [], []
    for setting in cases.all_settings:
        for basis in cases.forward_bases(setting):
            positions = cases.forward_positions(setting, basis)
            curves = {position: cases.forward(setting, basis, position)[_RENT] for position in positions}
            top = curves[positions[-1]]
            below_one = top[top.index < 1]
            change = _relative(below_one.iloc[-1] - below_one.iloc[0], below_one.iloc[0])
            rising = below_one.pct_change() > ROUNDING
            ranges = {position: _range(curves[position]) for position in positions[:-1]}
            listed = ", ".join(f"{100 * moved:.2f}% at {position:.0%}" for position, moved in ranges.items())
            words = (
                f"at {positions[-1]:.0%} congestion rent goes from {below_one.iloc[0]:,.0f} $ at alpha "
                f"{below_one.index[0]:g} to {below_one.iloc[-1]:,.0f} $ at {below_one.index[-1]:g} "
                f"({100 * change:+.2f}%) and rises in {rising.sum()} of {len(below_one) - 1} steps; along alpha it "
                f"spans {listed or 'nothing at other positions, for there are none'}"
            )
            declines = change < -HARDLY_MOVES
            steady = below_one.iloc[0] > NO_RENT_USD and all(moved <= HARDLY_MOVES for moved in ranges.values())
            verdict = graded(holds=declines and not rising.any() and steady, in_part=declines or steady)
            told = forward_title(setting, basis)
            findings.append(((setting, basis), Finding(told, verdict, words)))
            for position, curve in {0.0: cases.spot(setting, "ex_ante")[_RENT], **curves}.items():
                evidence.append(
                    pd.DataFrame(
                        {
                            "setting": setting,
                            "forward_basis": basis,
                            "forward_position": position,
                            "alpha": curve.index,
                            "congestion_rent_usd": curve.to_numpy(),
                        }
                    )
                )
    return Claim(
        7,
        "At 90% forward contracts congestion declines as alpha rises, and hardly moves at 60 to 80%.",
        "Congestion is the rent, the sum of shadow price times limit. Holds if from the least to the largest alpha "
        f"below 1 it falls by more than {HARDLY_MOVES:.0%} without a step upwards at the highest position, and spans "
        f"at most {HARDLY_MOVES:.0%} at the others; in part if one of the two is so.",
        *divided(findings, (cases.own, cases.forward_bases(cases.own)[0])),
        _cause_of_congestion(cases),
        pd.concat(evidence, ignore_index=True),
    )


def _range(curve: pd.Series[Any]) -> float:
    below_one = curve[curve.index < 1]
    return _relative(below_one.max() - below_one.min(), below_one.iloc[0])


def _relative(difference: float, rent: float) -> float:
    """A difference in parts of a rent; none where no line is congested."""
    return float(difference / rent) if rent > NO_RENT_USD else 0.0


def _cause_of_congestion(cases: Cases) -> str:
    own, sentences = cases.own, []
    bus = SETTINGS[own].bus_of_local_work
    for basis in cases.forward_bases(own):
        top = cases.forward_positions(own, basis)[-1]
        sentences.append(f"at {top:.0%} by {basis} {_along_alpha(cases.forward(own, basis, top))}")
    return (
        f"Rent follows two quantities: the work that the hyperscaler does at bus {bus}, and "
        f"what loads take at their buses. With {SETTING_NAMES[own]}, along alpha, without forward contracts "
        f"{_along_alpha(cases.spot(own, 'ex_ante'))}; {'; '.join(sentences)}. Where leases are full at every alpha, "
        "local work has no room to move; what is left is demand, which obligations force up the more the hyperscaler "
        "insists on clean energy that is owed to others."
    )


def _along_alpha(rows: pd.DataFrame) -> str:
    return (
        f"local work goes from {_ends(rows['workload_mwh.local'], '.1f')} MWh, demand from "
        f"{_ends(rows['total_demand_mwh'], ',.1f')} MWh and rent from {_ends(rows[_RENT], ',.0f')} $"
    )


def _ends(curve: pd.Series[Any], form: str) -> str:
    return f"{curve.iloc[0]:{form}} to {curve.iloc[-1]:{form}}"
