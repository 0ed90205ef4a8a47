"""The bound of a branch: what all agents have at the prices of its relaxation."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp

from ....agents.arrays import FloatArray
from ....agents.goods import training
from ....coordinator.announcement import Prices
from ....coordinator.executors.mixed_integer import MixedIntegerMarket, choices_of, respond_side_by_side
from ....coordinator.market import Market
from ....coordinator.price_rules.dual_bound import dual_usd
from ....coordinator.programmes.relaxation import Relaxation, solve_relaxation
from ....coordinator.programmes.stated_programme import Limit
from ....coordinator.programmes.unsolved import InfeasibleProgrammeError
from ..instance import Instance, JobSection
from ..joint_programme import JointProgramme
from ..participants import Participants
from .job_branches import Branch, Shares, open_starts
from .priced_bound import BoundedBranch

# Of a start: less is none.
_LITTLE = 1e-6
# Price scales: nobody pays more where a branch has no plan.
_DEAREST = 1e3


@dataclass(frozen=True, eq=False)
class Node:
    """A branch with its bound, and how much of each job its relaxation starts where and when."""

    proven: BoundedBranch
    shares: Mapping[str, Shares]


@dataclass(eq=False)
class _Priced:
    """A branch with its relaxation's prices, shares and bound, and who answers them."""

    branch: Branch
    prices: FloatArray
    shares: Mapping[str, Shares]
    respond: MixedIntegerMarket
    bound_usd: float


class BranchBounds:
    """What bounds branches.

    Parameters
    ----------
    instance : Instance
    agents : Participants
        Those of the instance.
    joint : JointProgramme
        Of these agents.
    market : Market
        Of these agents, relaxed sites first.
    respond : MixedIntegerMarket
        Its answers.
    heard : callable
        Called with what sites choose, one list of arrays for each site.
    """

    def __init__(
        self,
        instance: Instance,
        agents: Participants,
        joint: JointProgramme,
        market: Market,
        respond: MixedIntegerMarket,
        heard: Callable[[list[list[FloatArray]]], None],
    ) -> None:
        self._instance, self._sites, self._joint = instance, agents.sites, joint
        self._market, self._respond, self._heard = market, respond, heard
        self._choices = [choices_of(decided.declaration) for decided in joint.decisions]
        self._positions = market.positions(joint.goods)

    def halves(self, parent: BoundedBranch, branches: Sequence[Branch], worth_usd: float) -> list[Node]:
        """Bound branches that have all plans of another between them.

        Each one's own prices are announced, those of its relaxation, at which sites answer with the starts that it
        leaves open. Where no plan of it can be worth more than one that is known, the relaxation's own value is the
        bound; where the parent's prices prove more, they are kept.

        Parameters
        ----------
        parent : BoundedBranch
        branches : sequence of Branch
        worth_usd : float
            Of the plan that is known.

        Raises
        ------
        AgentError
            If a site finds no response in time.
        KeyboardInterrupt
            If the user interrupts it.
        """
        priced = [self._priced(branch) for branch in branches]
        asked = [one for one in priced if one.bound_usd > worth_usd]
        questions = [(one.respond, Prices(one.prices)) for one in asked]
        answers = respond_side_by_side(questions, self._respond.search) if questions else []
        for one, (respond, announcement), responses in zip(asked, questions, answers, strict=True):
            self._heard([respond.choices(position) for position in range(len(self._sites))])
            forgone = [self._forgone_usd(name, section, one.prices) for name, section in one.branch.items()]
            one.bound_usd = dual_usd(self._market, announcement, responses) - sum(forgone)
        return [self._node(one, parent) for one in priced]

    def shares(self, x: FloatArray) -> Mapping[str, Shares]:
        """How much of each job is started where and when at a point of the joint programme."""
        found: dict[str, dict[tuple[str, int], float]] = {name: {} for name in self._instance.jobs}
        for site, decided in zip(self._sites, self._joint.decisions, strict=True):
            started = x[self._joint.columns(decided.started)]
            for job, slot, share in zip(*site.starts, started, strict=True):
                if share > _LITTLE:
                    found[site.jobs[job].name][site.name, int(slot)] = float(share)
        return found

    def _relaxed(self, branch: Branch, is_open: list[FloatArray]) -> Relaxation:
        starts = [Limit(decided.started, 0.0, own) for decided, own in zip(self._joint.decisions, is_open, strict=True)]
        mandatory = [name for name, section in branch.items() if section is not None and section.mandatory]
        runs = [Limit(self._joint.runs[name], 1.0, 1.0) for name in mandatory]
        programme = self._joint.within([*starts, *runs]).programme
        try:
            return solve_relaxation(programme)
        except InfeasibleProgrammeError:
            # Whoever trades any amount at the dearest prices makes it feasible, with a value as low as it takes.
            goods, dearest = len(self._positions), _DEAREST * self._market.price_scale[self._positions]
            trader = sp.eye_array(programme.rows.shape[0], goods)
            with_traders = replace(
                programme,
                c=np.concatenate([programme.c, dearest, dearest]),
                rows=sp.csc_array(sp.hstack([programme.rows, trader, -trader])),
                lower=np.concatenate([programme.lower, np.zeros(2 * goods)]),
                upper=np.concatenate([programme.upper, np.full(2 * goods, np.inf)]),
                is_integer=np.concatenate([programme.is_integer, np.zeros(2 * goods, dtype=bool)]),
            )
            return solve_relaxation(with_traders)

    def _priced(self, branch: Branch) -> _Priced:
        is_open = [open_starts(self._instance, branch, site) for site in self._sites]
        relaxed = self._relaxed(branch, is_open)
        prices = np.zeros(len(self._market.goods))
        prices[self._positions] = relaxed.row_duals[: len(self._positions)]
        most = {
            position: [
                own if choice.id == decided.started.id else np.ones(choice.shape) for choice in self._choices[position]
            ]
            for position, (decided, own) in enumerate(zip(self._joint.decisions, is_open, strict=True))
        }
        return _Priced(branch, prices, self.shares(relaxed.x), self._respond.narrowed(most), -relaxed.value)

    def _node(self, priced: _Priced, parent: BoundedBranch) -> Node:
        bound_usd, prices = priced.bound_usd, priced.prices
        if bound_usd > parent.bound_usd:
            bound_usd, prices = parent.bound_usd, parent.prices
        return Node(BoundedBranch(priced.branch, bound_usd, self._market.goods, prices), priced.shares)

    def _forgone_usd(self, name: str, section: JobSection | None, prices: FloatArray) -> float:
        """What a job's owner has at prices who may have it run or not, less what it has if that is decided."""
        gain_usd = self._instance.jobs[name].value_usd - float(prices[self._market.good_index[training(name)]])
        if section is None:
            return max(gain_usd, 0.0)
        is_decided = section.mandatory and not self._instance.jobs[name].mandatory
        return max(-gain_usd, 0.0) if is_decided else 0.0
