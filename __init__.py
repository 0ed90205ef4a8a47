"""walras: decentralised power-market equilibria, round by round."""

from importlib.metadata import version

from .coordinator import (
    ADMM,
    Averaged,
    Compiled,
    Converged,
    Market,
    MaxRounds,
    Run,
    Scale,
    Serial,
    Tatonnement,
    diagnose,
    iterate,
    run,
)
from .experiments.scenario.market_builder import build_market
from .experiments.scenario.reading import load_scenario, parse_scenario
from .experiments.study import decompose, with_monolith

__version__ = version("walras")

__all__ = [
    "ADMM",
    "Averaged",
    "Compiled",
    "Converged",
    "Market",
    "MaxRounds",
    "Run",
    "Scale",
    "Serial",
    "Tatonnement",
    "__version__",
    "build_market",
    "decompose",
    "diagnose",
    "iterate",
    "load_scenario",
    "parse_scenario",
    "run",
    "with_monolith",
]
