"""Branch and price: the branch of the greatest bound is split, until no more can be proven."""

from __future__ import annotations

from heapq import heappop, heappush
from itertools import count

from ..instance import Instance
from .branch_bounds import BranchBounds, Node
from .job_branches import Split, splits
from .priced_bound import BoundedBranch


class BranchSearch:
    """Leaves that have all plans between them, the one of the greatest bound first.

    Barnhart, Johnson, Nemhauser, Savelsbergh and Vance, "Branch-and-price: column generation for solving huge integer
    programs", Operations Research 46(3), 1998; a branch is not priced to the end, for the prices of its relaxation are
    near the best ones.

    Parameters
    ----------
    instance : Instance
    bounds : BranchBounds
    root : Node
        All plans.
    """

    def __init__(self, instance: Instance, bounds: BranchBounds, root: Node) -> None:
        self._instance, self._bounds, self._number = instance, bounds, count()
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

    def split(self, worth_usd: float) -> bool:
        """Split the leaf of the greatest bound, and say whether its relaxation runs some job in part, as that needs.

        Parameters
        ----------
        worth_usd : float
            Of the plan that is known: branches that cannot be better are not looked into.

        Raises
        ------
        AgentError
            If a site finds no response in time.
        KeyboardInterrupt
            If the user interrupts it; no leaf is lost.
        """
        node = self._leaves[0][2]
        ways = list(splits(self._instance, node.proven.jobs, node.shares))
        if not ways:
            return False
        halves = max(ways, key=_promise).halves
        found = self._bounds.halves(node.proven, halves, worth_usd)
        heappop(self._leaves)
        for half in found:
            self._keep(half)
        return True

    def _keep(self, node: Node) -> None:
        heappush(self._leaves, (-node.proven.bound_usd, next(self._number), node))


def _promise(split: Split) -> tuple[bool, float]:
    """Whether jobs run comes first, for that changes most, then what most is at stake in."""
    return split.kind[0] == "runs", split.usd
