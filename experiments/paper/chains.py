"""Which markets the case study asks for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from math import floor

import numpy as np

from ..scenario.schema import Scenario
from ..settlement.feasibility import largest_forward_position
from .forward.forward_matrices import stacked_market
from .paper_settings import PAPER, SETTINGS
from .printed import PRINTED_ALPHAS

# Much happens above 0.9.
ALPHAS = tuple(
    np.round(
        np.concatenate([np.arange(0.1, 0.9, 0.05), np.arange(0.9, 0.99, 0.01), [0.99, 0.995, 0.999, 1.0]]), 4
    ).tolist()
)
FORWARD_ALPHAS = (*np.round(np.arange(0.1, 0.9, 0.1), 4).tolist(), 0.9, 0.92, 0.94, 0.96, *ALPHAS[-6:])
COARSE_ALPHAS = (0.1, 0.3, 0.5, 0.7, 0.9, 0.95, 0.97, 0.98, 0.99, 0.995, 0.999, 1.0)
FEW_ALPHAS = (0.1, 0.3, 0.5, 0.7, 0.9, 0.97, 0.999, 1.0)
# The last is what the paper calls 90 %: less where the grid cannot carry it.
FORWARD_POSITIONS = (0.6, 0.7, 0.8, 0.9)
SCHEMES_OF_SPOT = ("ex_post", "ex_ante")
_SURELY_CARRIED = 0.5


@dataclass(frozen=True)
class Chain:
    """Markets that differ in alpha alone; each run starts where the last one ended.

    Parameters
    ----------
    setting : str
        A name in `SETTINGS`.
    disclosure, forward_basis : str
        As in a scenario.
    forward_position : float
    alphas : tuple of float
    """

    setting: str
    disclosure: str
    forward_basis: str
    forward_position: float
    alphas: tuple[float, ...]

    @property
    def name(self) -> str:
        """Usable as the name of a file."""
        return f"{self.setting}-{self.disclosure}-{self.forward_basis}-{self.forward_position:g}"

    @property
    def is_spot(self) -> bool:
        """Whether nothing was agreed on before."""
        return self.forward_position == 0

    def scenario(self, alpha: float) -> Scenario:
        """The scenario of one market."""
        return SETTINGS[self.setting].at(
            alpha,
            [
                f"disclosure={self.disclosure}",
                f"consumers.forward_basis={self.forward_basis}",
                f"consumers.forward_position={self.forward_position}",
                "coordinator.mechanism=admm-anderson",
            ],
        )


def chains() -> list[Chain]:
    """All chains of the case study: close values of alpha in the paper's setting, few in the others."""
    result = _paper_chains()
    for name, setting in SETTINGS.items():
        if name != PAPER:
            result += _varied_chains(name) if setting.varied else _other_chains(name)
    return result


def _paper_chains() -> list[Chain]:
    fine, forward, coarse = (_alphas(PAPER, values) for values in (ALPHAS, FORWARD_ALPHAS, COARSE_ALPHAS))
    result = [Chain(PAPER, scheme, "generator", 0.0, fine) for scheme in SCHEMES_OF_SPOT]
    for basis, alphas in (("contract", forward), ("generator", coarse), ("consumer", coarse)):
        result += [Chain(PAPER, "ex_ante", basis, phi, alphas) for phi in carried_positions(PAPER, basis)]
    return result


def _other_chains(setting: str) -> list[Chain]:
    coarse, few = (_alphas(setting, values) for values in (COARSE_ALPHAS, FEW_ALPHAS))
    result = [Chain(setting, scheme, "generator", 0.0, coarse) for scheme in SCHEMES_OF_SPOT]
    for basis in ("contract", "generator"):
        positions = carried_positions(setting, basis)
        result += [Chain(setting, "ex_ante", basis, phi, few) for phi in (positions[0], positions[-1])]
    return result


def _varied_chains(setting: str) -> list[Chain]:
    few = _alphas(setting, FEW_ALPHAS)
    positions = carried_positions(setting, "contract")
    return [
        *(Chain(setting, scheme, "generator", 0.0, few) for scheme in SCHEMES_OF_SPOT),
        *(Chain(setting, "ex_ante", "contract", phi, few) for phi in (positions[0], positions[-1])),
    ]


def _alphas(setting: str, values: tuple[float, ...]) -> tuple[float, ...]:
    """Values of alpha where those that stand for printed ones replace them."""
    standing = dict(zip(PRINTED_ALPHAS, SETTINGS[setting].standing_for_printed, strict=True))
    return tuple(standing.get(alpha, alpha) for alpha in values)


def carried_positions(setting: str, basis: str) -> tuple[float, ...]:
    """Forward positions that lines and units can meet; the highest is cut down to a whole percentage that they can."""
    limit = floor(100 * forward_limit(setting, basis) + 1e-6) / 100
    return tuple(dict.fromkeys(min(position, limit) for position in FORWARD_POSITIONS))


@cache
def forward_limit(setting: str, basis: str, overrides: tuple[str, ...] = ()) -> float:
    """The largest forward position that lines and units can meet beside the workload.

    Raises
    ------
    ScenarioError
        If not even half of the baseline's contracts can be met.
    """
    section = [f"consumers.forward_basis={basis}", f"consumers.forward_position={_SURELY_CARRIED}"]
    chosen = SETTINGS[setting]
    market, stacked = stacked_market(chosen, chosen.at(PRINTED_ALPHAS[-1], [*section, *overrides]))
    found = largest_forward_position(market, stacked)
    return _SURELY_CARRIED * found.factor if found is not None else 0.0
