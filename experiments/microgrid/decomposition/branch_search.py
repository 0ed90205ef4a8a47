"""Branch and price: the branch of the greatest bound is split, until no more can be proven."""

from __future__ import annotations

from heapq import heappop, heappush, nlargest
from itertools import count
from math import prod

from ....agents.arrays import FloatArray
from .branch_bounds import BranchBounds, Node
from .job_branches import Split
from .priced_bound import BoundedBranch

# Splits of a branch whose halves are relaxed, those first in which most is at stake.
_LOOKED_AT = 8
# Of a branch's bound: less is no fall.
_LITTLE = 1e-7


class BranchSearch:
    """Leaves that have all plans between them, the one of the greatest bound first.

    Barnhart, Johnson, Nemhauser, Savelsbergh and Vance, "Branch-and-price: column generation for solving huge integer
    programs", Operations Research 46(3), 1998; splits are chosen by strong branching: Achterberg, Koch and Martin,
    "Branching rules revisited", Operations Research Letters 33(1), 2005.

    Parameters
    ----------
    bounds : BranchBounds
    root : Node
        All plans.
    """

    def __init__(self, bounds: BranchBounds, root: Node) -> None:
        self._bounds, self._number = bounds, count()
        self._leaves: list[tuple[float, int, Node]] = []
        self._keep(root)

    @property
    def bound_usd(self) -> float:
        """What no plan exceeds."""
        return -self._leaves[0][0]

    @property
    def leaves(self) -> tuple[BoundedBranch, ...]:
        """All plans between them, with their bounds."""
        return tuple(node.proven for _, _, node in self._leaves)

    @property
    def started(self) -> list[FloatArray]:
        """What the relaxation of the greatest bound starts, one array of shape (starts,) for each site."""
        return self._bounds.relaxations.started(self._leaves[0][2].relaxed)

    def split(self, worth_usd: float) -> bool:
        """Split the leaf of the greatest bound, and say whether its relaxation runs some job in part, as that needs.

        Parameters
        ----------
        worth_usd : float
            Of the plan that is known: in branches that cannot be better no site is asked.

        Raises
        ------
        AgentError
            If a site finds no response in time.
        KeyboardInterrupt, OutOfTimeError
            If the user interrupts it, or the time is over; no leaf is lost.
        """
        node = self._leaves[0][2]
        ways = self._bounds.relaxations.splits(node.proven.jobs, node.relaxed)
        if not ways:
            return False
        halves = self._best(node, ways, worth_usd)
        better = [half for half in halves if half.proven.bound_usd > worth_usd]
        found = self._bounds.answered(better)
        heappop(self._leaves)
        for half in (*found, *(half for half in halves if half not in better)):
            self._keep(half)
        return True

    def _best(self, node: Node, ways: list[Split], worth_usd: float) -> list[Node]:
        """Halves of the split whose lower bounds fall most."""
        looked_at = nlargest(_LOOKED_AT if self._bounds.relaxations.has_bases else 1, ways, key=lambda split: split.usd)
        relaxed = [[self._bounds.relaxed(node, branch) for branch in split.halves] for split in looked_at]
        return max(relaxed, key=lambda halves: self._fall(node, halves, worth_usd))

    def _fall(self, node: Node, halves: list[Node], worth_usd: float) -> float:
        """Product of what both halves' bounds fall by; below a plan that is known no fall counts."""
        bound_usd = node.proven.bound_usd
        least_usd = _LITTLE * abs(bound_usd)
        return prod(max(bound_usd - max(half.proven.bound_usd, worth_usd), least_usd) for half in halves)

    def _keep(self, node: Node) -> None:
        heappush(self._leaves, (-node.proven.bound_usd, next(self._number), node))
