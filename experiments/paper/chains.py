"""Which markets the case study asks for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..scenario.schema import Scenario
from .forward.forward_limits import carried_positions
from .paper_settings import PAPER, SETTINGS
from .printed import PRINTED_ALPHAS

# Paths tell what is between. Leases leave their capacity between 0.5 and 0.7, and much happens above 0.9.
ALPHAS = (
    *(0.1, 0.2, 0.3, 0.4, 0.5, 0.55, 0.6, 0.65, 0.7, 0.8),
    *(0.9, 0.91, 0.92, 0.93, 0.94, 0.95, 0.96, 0.97, 0.98, 0.99, 0.995, 0.999, 1.0),
)
FORWARD_ALPHAS = (*np.round(np.arange(0.1, 0.9, 0.1), 4).tolist(), 0.9, 0.92, 0.94, 0.96, *ALPHAS[-6:])
FEW_ALPHAS = (0.1, 0.3, 0.5, 0.7, 0.9, 0.97, 0.999, 1.0)
SCHEMES_OF_SPOT = ("ex_post", "ex_ante")


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
    fine, forward, few = (_alphas(PAPER, values) for values in (ALPHAS, FORWARD_ALPHAS, FEW_ALPHAS))
    result = [Chain(PAPER, scheme, "generator", 0.0, fine) for scheme in SCHEMES_OF_SPOT]
    for basis, alphas in (("contract", forward), ("generator", few)):
        result += [Chain(PAPER, "ex_ante", basis, phi, alphas) for phi in carried_positions(PAPER, basis)]
    return result + [Chain(PAPER, "ex_ante", "consumer", phi, few) for phi in _ends(PAPER, "consumer")]


def _other_chains(setting: str) -> list[Chain]:
    few = _alphas(setting, FEW_ALPHAS)
    result = [Chain(setting, scheme, "generator", 0.0, few) for scheme in SCHEMES_OF_SPOT]
    for basis in ("contract", "generator"):
        result += [Chain(setting, "ex_ante", basis, phi, few) for phi in _ends(setting, basis)]
    return result


def _varied_chains(setting: str) -> list[Chain]:
    few = _alphas(setting, FEW_ALPHAS)
    return [
        *(Chain(setting, scheme, "generator", 0.0, few) for scheme in SCHEMES_OF_SPOT),
        *(Chain(setting, "ex_ante", "contract", phi, few) for phi in _ends(setting, "contract")),
    ]


def _ends(setting: str, basis: str) -> list[float]:
    """The lowest and the highest forward position, or the one that there is."""
    positions = carried_positions(setting, basis)
    return list(dict.fromkeys((positions[0], positions[-1])))


def _alphas(setting: str, values: tuple[float, ...]) -> tuple[float, ...]:
    """Values of alpha where those that stand for printed ones replace them."""
    standing = dict(zip(PRINTED_ALPHAS, SETTINGS[setting].standing_for_printed, strict=True))
    return tuple(standing.get(alpha, alpha) for alpha in values)
