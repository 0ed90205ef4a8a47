"""What came out where sites and market were found together."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ..instance import Instance
from ..microgrid_plan import Plan, known
from .coupled_round import CoupledRound
from .grid_connection import GridConnection
from .repeated_rounds import Cycle


class CouplingStatus(StrEnum):
    """How the rounds have ended."""

    CONVERGED = "converged"
    CYCLE = "cycle"
    MAX_ROUNDS = "max_rounds"
    NO_SCHEDULE = "no_schedule"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, eq=False)
class Coupled:
    """Sites and market, round by round.

    Parameters
    ----------
    instance : Instance
        As it was given: the grid's prices and intensities in it are not used.
    places : dict of site to bus
    connection : GridConnection
    rounds : tuple of CoupledRound
    status : CouplingStatus
    reason : str
    cycle : Cycle, or None
        If rounds repeat themselves.
    best_reply : Plan, or None
        The joint plan at the prices that the shown round has caused; None if there was no time for it.
    anticipated : CoupledRound, or None
        What becomes of sites that know what they do to prices; None if nobody asked.
    """

    instance: Instance
    places: dict[str, int]
    connection: GridConnection
    rounds: tuple[CoupledRound, ...]
    status: CouplingStatus
    reason: str
    cycle: Cycle | None = None
    best_reply: Plan | None = None
    anticipated: CoupledRound | None = None

    @property
    def has_converged(self) -> bool:
        """Whether neither sites nor market move any more."""
        return self.status == CouplingStatus.CONVERGED

    @property
    def shown(self) -> CoupledRound:
        """The round that figures are of: the last one, or of a circle that which surprises least by its prices.

        Raises
        ------
        IndexError
            If there is none.
        """
        if self.cycle is None:
            return self.rounds[-1]
        return min(self.rounds[-self.cycle.rounds :], key=lambda each: each.surprise_usd_per_mwh)

    @property
    def regret_usd(self) -> float | None:
        """What sites could gain at the prices that they have caused, as far as their best reply is known."""
        if self.best_reply is None or self.best_reply.schedule is None:
            return None
        return max(self.best_reply.benefit_usd - self.shown.benefit_usd, 0.0)

    @property
    def most_regret_usd(self) -> float | None:
        """The same by the bound that the solver proved: they could gain no more."""
        if self.best_reply is None:
            return None
        return known(max(self.best_reply.bound_usd - self.shown.benefit_usd, 0.0))

    def as_json(self) -> dict[str, Any]:
        """By the keys of the interface; what is unknown is null."""
        shown = self.shown if self.rounds else None
        return {
            "status": str(self.status),
            "reason": self.reason,
            "places": self.places,
            "margin_usd_per_mwh": self.connection.margin_usd_per_mwh,
            "export_share": self.connection.export_share,
            "rounds": [each.as_json() for each in self.rounds],
            "cycle": None if self.cycle is None else self.cycle.as_json(),
            "regret_usd": None if shown is None else self.regret_usd,
            "most_regret_usd": None if shown is None else self.most_regret_usd,
            "accounts": None if shown is None else shown.accounts.as_json(),
            "sites": {} if shown is None else self._sites(shown),
            "market": None if shown is None else shown.clearing.result.document(),
            "plan": None if shown is None else shown.plan.as_json(),
            "anticipated": None if self.anticipated is None else self._anticipated(self.anticipated),
        }

    def surplus_changes_usd(self, other: CoupledRound) -> dict[str, float]:
        """By how much each party's surplus in another round differs from that in the shown one."""
        before = self.shown.accounts.surplus_usd
        return {party: usd - before[party] for party, usd in other.accounts.surplus_usd.items()}

    def _anticipated(self, other: CoupledRound) -> dict[str, Any]:
        return {
            **other.as_json(),
            "surplus_change_usd": self.surplus_changes_usd(other),
            "welfare_change_usd": other.accounts.welfare_usd - self.shown.accounts.welfare_usd,
            "sites": self._sites(other),
            "plan": other.plan.as_json(),
        }

    def _sites(self, shown: CoupledRound) -> dict[str, Any]:
        rows = zip(
            self.places.items(),
            shown.caused.price_usd_per_mwh.tolist(),
            shown.caused.grid_t_per_mwh.tolist(),
            shown.net_mw.tolist(),
            strict=True,
        )
        return {
            site: {"bus": bus, "price_usd_per_mwh": price, "grid_t_per_mwh": intensity, "net_import_mw": net}
            for (site, bus), price, intensity, net in rows
        }
