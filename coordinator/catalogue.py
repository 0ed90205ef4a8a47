"""Mechanisms and executors by name, as the command line and scenario files know them."""

from __future__ import annotations

from typing import Any, TypeVar

from .executor import Executor
from .executors.batched.batched import Batched
from .executors.compiled import Compiled
from .executors.on_ray.on_ray import OnRay
from .executors.serial import Serial
from .mechanism import Mechanism
from .mechanisms.admm import ADMM
from .mechanisms.anderson import Anderson
from .mechanisms.averaged import Averaged
from .mechanisms.level_bundle.level_bundle import LevelBundle
from .mechanisms.pdhg import PDHG
from .mechanisms.rho_rules import BalanceResiduals
from .mechanisms.slope_bids.slope_bids import SlopeBids
from .mechanisms.subgradient import Subgradient
from .mechanisms.tatonnement import AdaptiveStep, DiminishingStep, FixedStep, Tatonnement

T = TypeVar("T")

MECHANISMS: dict[str, Mechanism[Any]] = {
    "admm": ADMM(),
    "admm-anderson": Anderson(ADMM(relaxation=1.9, opening_price=1.0)),
    "admm-balanced": ADMM(rho_rule=BalanceResiduals()),
    "slope-bids": SlopeBids(),
    "jacobian-admm": PDHG(relaxation=1.0),
    "level-bundle": LevelBundle(),
    "pdhg": PDHG(),
    "subgradient": Subgradient(),
    "tatonnement": Tatonnement(DiminishingStep()),
    "tatonnement-fixed": Tatonnement(FixedStep()),
    "tatonnement-adaptive": Tatonnement(AdaptiveStep()),
    "tatonnement-averaged": Averaged(Tatonnement(DiminishingStep())),
}

# What claims to clear markets such as RTS-24 within the default rounds; CI holds it to that from a wheel.
CLEARS_RTS24 = frozenset({"admm", "admm-anderson", "admm-balanced", "jacobian-admm", "pdhg", "slope-bids"})

# What refuses markets that disclose intensities.
EX_POST_ONLY = frozenset({"slope-bids"})

EXECUTORS: dict[str, Executor] = {"batched": Batched(), "compiled": Compiled(), "ray": OnRay(), "serial": Serial()}


def mechanism_of(given: Mechanism[Any] | str) -> Mechanism[Any]:
    """A mechanism as it is, or by its name in `MECHANISMS`.

    Raises
    ------
    TypeError
        If it is neither.
    ValueError
        If there is none of that name.
    """
    if isinstance(given, str):
        return _named(given, MECHANISMS, "mechanism")
    _refuse_unless(Mechanism, given, "mechanism", f"ADMM() or a name: {', '.join(MECHANISMS)}")
    return given


def executor_of(given: Executor | str) -> Executor:
    """An executor as it is, or by its name in `EXECUTORS`.

    Raises
    ------
    TypeError
        If it is neither.
    ValueError
        If there is none of that name.
    """
    if isinstance(given, str):
        return _named(given, EXECUTORS, "executor")
    _refuse_unless(Executor, given, "executor", f"Compiled() or a name: {', '.join(EXECUTORS)}")
    return given


def _named(name: str, catalogue: dict[str, T], kind: str) -> T:
    if name not in catalogue:
        raise ValueError(f"{kind} is {name!r}; allowed are {', '.join(catalogue)}")
    return catalogue[name]


def _refuse_unless(kind: type[Any], given: object, told: str, needed: str) -> None:
    if isinstance(given, type) or not isinstance(given, kind):
        what = f"the class {given.__name__}" if isinstance(given, type) else f"{given!r:.60}"
        raise TypeError(f"{told} is {what}; needed is one such as {needed}")
