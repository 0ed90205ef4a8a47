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
# Of a branch's bound: less is no fall, and more counts for no more where no plan is known.
_LITTLE, _MOST = 1e-7, 0.05


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
        self._leaves = [self._entry(root)]

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
        """Split the leaf of the greatest bound, and say whether more may be proven.

        Where its relaxation runs no job in part, there is nothing to split, and sites answer its prices again.

        Parameters
        ----------
        worth_usd : float
            Of the plan that is known: in branches that cannot be better no site is asked.

        Raises
        ------
        AgentError
            If the search of a site fails.
        KeyboardInterrupt, OutOfTimeError
            If the user interrupts it, or the time is over; no leaf is lost.
        """
        node = self._leaves[0][2]
        ways = self._bounds.relaxations.splits(node.proven.jobs, node.relaxed)
        if not ways:
            return self._asked_again(node)
        halves = self._best(node, ways, worth_usd)
        better = [half for half in halves if half.proven.bound_usd > worth_usd]
        found = self._bounds.answered(better)
        self._replace([*found, *(half for half in halves if half not in better)])
        return True

    def _asked_again(self, node: Node) -> bool:
        """Whether answers to the prices that followed its last answers lower the bound of a branch."""
        (again,) = self._bounds.answered([node])
        self._replace([again])
        return node.proven.bound_usd - again.proven.bound_usd > _LITTLE * abs(node.proven.bound_usd)

    def _best(self, node: Node, ways: list[Split], worth_usd: float) -> list[Node]:
        """Halves of the split that lowers both bounds most."""
        looked_at = nlargest(_LOOKED_AT if self._bounds.relaxations.has_bases else 1, ways, key=lambda split: split.usd)
        halves = [[self._bounds.half(node, branch) for branch in split.halves] for split in looked_at]
        return max(halves, key=lambda both: self._fall(node, both, worth_usd))

    def _fall(self, node: Node, halves: list[Node], worth_usd: float) -> float:
        """Product of what both bounds fall by, to the plan that is known, if any, and no further."""
        bound_usd = node.proven.bound_usd
        least_usd, most_usd = _LITTLE * abs(bound_usd), min(bound_usd - worth_usd, _MOST * abs(bound_usd))
        return prod(min(max(bound_usd - half.proven.bound_usd, least_usd), most_usd) for half in halves)

    def _replace(self, nodes: list[Node]) -> None:
        """Put these in the place of the leaf of the greatest bound."""
        leaves = self._leaves.copy()
        heappop(leaves)
        for node in nodes:
            heappush(leaves, self._entry(node))
        self._leaves = leaves

    def _entry(self, node: Node) -> tuple[float, int, Node]:
        return -node.proven.bound_usd, next(self._number), node
