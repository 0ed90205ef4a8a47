"""Relaxations of branches: what jobs may still do, beside what sites have proven of themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import cvxpy as cp
import highspy
import numpy as np
import scipy.sparse as sp

from ....agents.arrays import FloatArray
from ....coordinator.executors.mixed_integer import choices_of
from ....coordinator.market import Market
from ....coordinator.programmes.integer_programme import IntegerProgramme
from ....coordinator.programmes.relaxation import Relaxation, RepeatedRelaxation, Row
from ....coordinator.programmes.stated_programme import Limit
from ..instance import Instance
from ..joint_programme import Declared, JointProgramme
from ..participants import Participants
from .job_branches import Branch, Shares, Split, open_starts, splits

# Of a start: less is none.
_LITTLE = 1e-6
# Price scales, or prices that are known: nobody pays more where a branch has no plan.
_DEAREST = 1e3


@dataclass(frozen=True)
class _Outcome:
    """What a site pays, and what it trades, as variables of their own."""

    cost: cp.Variable
    trades: cp.Variable


class BranchRelaxations:
    """The joint problem with jobs and sites in part, solved for one branch after the other.

    Parameters
    ----------
    instance : Instance
    agents : Participants
        Those of the instance.
    market : Market
        Of these agents, relaxed sites first.
    prices : array of shape (goods,)
        Near the best ones.
    until : float
        When to break off, by `time.perf_counter`.

    Attributes
    ----------
    until : float
    """

    def __init__(
        self, instance: Instance, agents: Participants, market: Market, prices: FloatArray, until: float
    ) -> None:
        self._instance, self._sites, self.until = instance, agents.sites, until
        self._market_goods = len(market.goods)
        self._outcomes = [_Outcome(cp.Variable(), cp.Variable(len(site.goods))) for site in agents.sites]
        self._joint = JointProgramme(agents, self._restricted)
        self._choices = [choices_of(decided.declaration) for decided in self._joint.decisions]
        self._positions = market.positions(self._joint.goods)
        # Whoever trades any amount at the dearest prices makes all branches feasible, with a value as low as it takes.
        dearest = _DEAREST * np.maximum(market.price_scale, np.abs(prices))[self._positions]
        self._traders = 2 * len(dearest)
        self._relaxation = RepeatedRelaxation(_with_traders(self._joint.programme, dearest))

    @property
    def site_count(self) -> int:
        """How many sites there are."""
        return len(self._sites)

    @property
    def has_bases(self) -> bool:
        """Whether one that differs little from another takes a fraction of the time."""
        return self._relaxation.has_bases

    def solve(self, branch: Branch, limits: tuple[Row, ...], near: highspy.HighsBasis | None = None) -> Relaxation:
        """The relaxation of a branch.

        Parameters
        ----------
        branch : Branch
        limits : tuple of Row
            What sites have proven of this branch or of one that has it.
        near : highspy.HighsBasis, optional
            Of an optimum with the first ones of these limits.

        Raises
        ------
        KeyboardInterrupt
            If the user interrupts it.
        OutOfTimeError
            If the time is over.
        UnsolvedProgrammeError
            If HiGHS ends otherwise.
        """
        is_open = self._open(branch)
        starts = [Limit(one.started, 0.0, own) for one, own in zip(self._joint.decisions, is_open, strict=True)]
        runs = [
            Limit(self._joint.runs[name], float(section is not None and section.mandatory), float(section is not None))
            for name, section in branch.items()
        ]
        within = self._joint.within([*starts, *runs]).programme
        lower = np.concatenate([within.lower, np.zeros(self._traders)])
        upper = np.concatenate([within.upper, np.full(self._traders, np.inf)])
        return self._relaxation.solve(lower, upper, limits, near, self.until)

    def limit(self, position: int, prices: FloatArray, most_usd: float) -> Row:
        """That a site has no more than this at prices of its trades: its income less its cost is at most that.

        A Lagrangian cut: Zou, Ahmed and Sun, "Stochastic dual dynamic integer programming", Mathematical Programming
        175, 2019, section 4.3.

        Parameters
        ----------
        position : int
            Of the site.
        prices : array of shape (goods of the site,)
        most_usd : float
        """
        outcome = self._outcomes[position]
        cost, trades = (self._joint.columns(own) for own in (outcome.cost, outcome.trades))
        columns = np.r_[cost, trades]
        return Row(columns, np.concatenate([[1.0], -prices]), -most_usd)

    def prices(self, relaxed: Relaxation) -> FloatArray:
        """Of all goods of the market, shape (goods,), in $."""
        prices = np.zeros(self._market_goods)
        prices[self._positions] = relaxed.row_duals[: len(self._positions)]
        return prices

    def started(self, relaxed: Relaxation) -> list[FloatArray]:
        """Site by site how much it starts of each of its starts, arrays of shape (starts,)."""
        return [relaxed.x[self._joint.columns(decided.started)] for decided in self._joint.decisions]

    def splits(self, branch: Branch, relaxed: Relaxation) -> list[Split]:
        """Ways to split a branch: those where its relaxation is in between."""
        return list(splits(self._instance, branch, self._shares(relaxed)))

    def choices(self, branch: Branch) -> dict[int, list[FloatArray]]:
        """By the position of a site, which of its choices are open: 0 or 1, in the order of `choices_of`."""
        return {
            position: [own if choice.id == decided.started.id else np.ones(choice.shape) for choice in choices]
            for position, (decided, choices, own) in enumerate(
                zip(self._joint.decisions, self._choices, self._open(branch), strict=True)
            )
        }

    def _open(self, branch: Branch) -> list[FloatArray]:
        return [open_starts(self._instance, branch, site) for site in self._sites]

    def _shares(self, relaxed: Relaxation) -> Mapping[str, Shares]:
        found: dict[str, dict[tuple[str, int], float]] = {name: {} for name in self._instance.jobs}
        for site, started in zip(self._sites, self.started(relaxed), strict=True):
            for job, slot, share in zip(*site.starts, started, strict=True):
                if share > _LITTLE:
                    found[site.jobs[job].name][site.name, int(slot)] = float(share)
        return found

    def _restricted(self, declared: Declared) -> list[cp.Constraint]:
        """Outcomes are what is declared."""
        both = [(own, one.declaration) for own, one in zip(self._outcomes, declared.decisions, strict=True)]
        return [
            *(own.cost == declaration.cost for own, declaration in both),
            *(own.trades == declaration.trades for own, declaration in both),
        ]


def _with_traders(programme: IntegerProgramme, prices: FloatArray) -> IntegerProgramme:
    """The same with somebody who buys, and somebody who sells, any amount of each good at a price."""
    goods = len(prices)
    trader = sp.eye_array(programme.rows.shape[0], goods)
    return replace(
        programme,
        c=np.concatenate([programme.c, prices, prices]),
        rows=sp.csc_array(sp.hstack([programme.rows, trader, -trader])),
        lower=np.concatenate([programme.lower, np.zeros(2 * goods)]),
        upper=np.concatenate([programme.upper, np.full(2 * goods, np.inf)]),
        is_integer=np.concatenate([programme.is_integer, np.zeros(2 * goods, dtype=bool)]),
    )
