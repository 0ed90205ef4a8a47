"""The settings of the case study: the paper's own, in which its claims are judged, and others beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

from ..scenario.reading import load_scenario
from ..scenario.schema import Scenario
from .printed import PRINTED_ALPHAS

PAPER = "paper"

# Which contracts with conventional load were agreed on before: those of the least-cost dispatch of fixed load, in
# proportion to sales and purchases; the same sales and purchases in other pairs; those of an equilibrium with the
# workload, in which the hyperscaler had the alpha that is given; or, of these, those of clean units alone.
PRO_RATA, OTHER_PAIRS = "pro rata", "other pairs"
CLEAN_UNITS = "of clean units alone"
AGREED = {"agreed at alpha 1": 1.0, "agreed at alpha 0.1": 0.1}


@dataclass(frozen=True)
class PaperSetting:
    """A scenario that stands for the case study.

    Parameters
    ----------
    name : str
        Usable in the name of a file.
    title : str
    scenario : str
        A built-in scenario.
    overrides : tuple of str
    standing_for_printed : pair of float
        The values of alpha that stand for those of `PRINTED_ALPHAS`, which the paper may have rounded.
    varied : str
        What differs from the paper's setting, where that is one thing alone; such a setting has no decomposed runs.
    matrix : str
        Which forward contracts positions refer to: `PRO_RATA`, `OTHER_PAIRS`, `CLEAN_UNITS` or a name in `AGREED`.
    """

    name: str
    title: str
    scenario: str
    overrides: tuple[str, ...] = ()
    standing_for_printed: tuple[float, float] = PRINTED_ALPHAS
    varied: str = ""
    matrix: str = PRO_RATA

    def at(self, alpha: float, overrides: Sequence[str] = ()) -> Scenario:
        """The scenario with a weight on cost."""
        weight = f"hyperscalers.{self.hyperscaler}.cost_weight={alpha}"
        return load_scenario(self.scenario, [*self.overrides, weight, *overrides])

    def alpha(self, printed: float) -> float:
        """The value of alpha that stands for a printed one."""
        return self.standing_for_printed[PRINTED_ALPHAS.index(printed)]

    @property
    def hyperscaler(self) -> str:
        """Name of the one hyperscaler."""
        (hyperscaler,) = self._scenario.hyperscalers
        return hyperscaler.name

    @property
    def bus_of_local_work(self) -> int:
        """Where the hyperscaler is."""
        (hyperscaler,) = self._scenario.hyperscalers
        return hyperscaler.bus

    @property
    def buses_of_datacenters(self) -> dict[str, int]:
        """Where the modular datacenters are, by name."""
        return {mdc.name: mdc.bus for mdc in self._scenario.modular_datacenters}

    @property
    def _scenario(self) -> Scenario:
        return _loaded(self.scenario, self.overrides)


def _varied(what: str, override: str) -> PaperSetting:
    value = override.partition("=")[2]
    return replace(
        _OWN,
        name=f"{what.replace(' ', '-')}-{value.removeprefix('-')}",
        title=f"{what} {value}",
        overrides=(*_OWN.overrides, override),
        varied=what,
    )


@cache
def _loaded(scenario: str, overrides: tuple[str, ...]) -> Scenario:
    return load_scenario(scenario, overrides)


# The worth of full leases at both alphas says which alpha is printed as 0.1: `identities` derives it.
_OWN = PaperSetting(PAPER, "the paper's setting", "rts24_paper", standing_for_printed=(0.1001, 0.9))
_OTHERS = (
    PaperSetting("surrogate", "surrogate rates", "rts24", ("producers.emission_rates=surrogate",)),
    PaperSetting("rts96", "RTS-96 rates", "rts24", ("producers.emission_rates=rts96",)),
)
_VARIED = (
    *(_varied("elasticity", f"consumers.price_elasticity={value}") for value in (-0.1, -0.4)),
    *(_varied("line limits", f"grid.line_limit_scale={value}") for value in (0.65, 0.7, 1.0)),
    *(
        replace(
            _OWN, name=matrix.replace(" ", "-"), title=f"forward contracts {matrix}", varied="forward", matrix=matrix
        )
        for matrix in (OTHER_PAIRS, *AGREED, CLEAN_UNITS)
    ),
)
SETTINGS = {setting.name: setting for setting in (_OWN, *_OTHERS, *_VARIED)}
SETTING_NAMES = {setting.name: setting.title for setting in SETTINGS.values()}


def forward_title(setting: str, basis: str) -> str:
    """Words for a setting with forward contracts; variations all have the basis of the paper's."""
    title = SETTING_NAMES[setting]
    return title if SETTINGS[setting].varied else f"{title}, forward by {basis}"
