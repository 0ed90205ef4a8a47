"""Which markets the case study asks for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..scenario.reading import load_scenario
from ..scenario.schema import Scenario

EMISSION_TABLES = ("surrogate", "rts96")
# Much happens above 0.9.
ALPHAS = tuple(
    np.round(
        np.concatenate([np.arange(0.1, 0.9, 0.05), np.arange(0.9, 0.99, 0.01), [0.99, 0.995, 0.999, 1.0]]), 4
    ).tolist()
)
COARSE_ALPHAS = (0.1, 0.3, 0.5, 0.7, 0.9, 0.95, 0.97, 0.98, 0.99, 0.995, 0.999, 1.0)
# By contract more than 0.895 of the baseline cannot be carried.
FORWARD_POSITIONS = {"generator": (0.6, 0.7, 0.8, 0.9), "contract": (0.6, 0.7, 0.8, 0.89)}


@dataclass(frozen=True)
class Chain:
    """Markets that differ in alpha alone; each run starts where the last one ended.

    Parameters
    ----------
    emission_rates, disclosure, forward_basis : str
        As in a scenario.
    forward_position : float
    alphas : tuple of float
    """

    emission_rates: str
    disclosure: str
    forward_basis: str
    forward_position: float
    alphas: tuple[float, ...]

    @property
    def name(self) -> str:
        """Usable as the name of a file."""
        return f"{self.emission_rates}-{self.disclosure}-{self.forward_basis}-{self.forward_position:g}"

    @property
    def is_spot(self) -> bool:
        """Whether nothing was agreed on before."""
        return self.forward_position == 0

    def scenario(self, alpha: float) -> Scenario:
        """The scenario of one market."""
        return load_scenario(
            "rts24",
            [
                f"producers.emission_rates={self.emission_rates}",
                f"disclosure={self.disclosure}",
                f"consumers.forward_basis={self.forward_basis}",
                f"consumers.forward_position={self.forward_position}",
                f"hyperscalers.hyperscaler.cost_weight={alpha}",
                "coordinator.mechanism=admm-anderson",
            ],
        )


def chains() -> list[Chain]:
    """All chains of the case study: both emission tables, both schemes, all forward positions."""
    result = []
    for table in EMISSION_TABLES:
        result += [Chain(table, scheme, "generator", 0.0, ALPHAS) for scheme in ("ex_post", "ex_ante")]
        for basis, alphas in (("generator", ALPHAS), ("contract", COARSE_ALPHAS)):
            result += [Chain(table, "ex_ante", basis, phi, alphas) for phi in FORWARD_POSITIONS[basis]]
    return result
