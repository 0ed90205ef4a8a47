"""walras: decentralised power-market equilibria, round by round."""

from __future__ import annotations

from importlib import import_module

# That of typing, whose import is half of what there is between Python's own start and the command's hold on signals.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from .coordinator import (
        ADMM,
        Averaged,
        Batched,
        Compiled,
        Converged,
        Market,
        MaxRounds,
        Run,
        Scale,
        Serial,
        SlopeBids,
        Tatonnement,
        diagnose,
        iterate,
        run,
    )
    from .experiments.monolith.equilibrium import solve_monolith
    from .experiments.scenario.market_builder import build_market
    from .experiments.scenario.reading import load_scenario, parse_scenario
    from .experiments.study import decompose, with_monolith

    __version__: str

__all__ = [
    "ADMM",
    "Averaged",
    "Batched",
    "Compiled",
    "Converged",
    "Market",
    "MaxRounds",
    "Run",
    "Scale",
    "Serial",
    "SlopeBids",
    "Tatonnement",
    "__version__",
    "build_market",
    "decompose",
    "diagnose",
    "iterate",
    "load_scenario",
    "parse_scenario",
    "run",
    "solve_monolith",
    "with_monolith",
]

_PARTS = ("agents", "coordinator", "experiments", "network")
_HOMES = {
    "build_market": ".experiments.scenario.market_builder",
    "load_scenario": ".experiments.scenario.reading",
    "parse_scenario": ".experiments.scenario.reading",
    "solve_monolith": ".experiments.monolith.equilibrium",
    "decompose": ".experiments.study",
    "with_monolith": ".experiments.study",
}


def __getattr__(name: str) -> object:
    """Import what is asked for, and no sooner: the command line answers signals before anything takes time."""
    if name == "__version__":
        from importlib.metadata import version

        return version("walras")
    if name in _PARTS:
        return import_module(f".{name}", __name__)
    if name in __all__:
        return getattr(import_module(_HOMES.get(name, ".coordinator"), __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__, *_PARTS})
