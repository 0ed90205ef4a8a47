"""Mechanisms and executors by name, as the command line and scenario files know them."""

from __future__ import annotations

from typing import Any

from .executor import Executor
from .executors.batched.batched import Batched
from .executors.compiled import Compiled
from .executors.serial import Serial
from .mechanism import Mechanism
from .mechanisms.admm import ADMM
from .mechanisms.anderson import Anderson
from .mechanisms.averaged import Averaged
from .mechanisms.level_bundle.level_bundle import LevelBundle
from .mechanisms.pdhg import PDHG
from .mechanisms.rho_rules import BalanceResiduals
from .mechanisms.slope_bids.slope_bids import SlopeBids
from .mechanisms.tatonnement import AdaptiveStep, DiminishingStep, FixedStep, Tatonnement

MECHANISMS: dict[str, Mechanism[Any]] = {
    "admm": ADMM(),
    "admm-anderson": Anderson(ADMM(relaxation=1.9, opening_price=1.0)),
    "admm-balanced": ADMM(rho_rule=BalanceResiduals()),
    "slope-bids": SlopeBids(),
    "jacobian-admm": PDHG(relaxation=1.0),
    "level-bundle": LevelBundle(),
    "pdhg": PDHG(),
    "tatonnement": Tatonnement(DiminishingStep()),
    "tatonnement-fixed": Tatonnement(FixedStep()),
    "tatonnement-adaptive": Tatonnement(AdaptiveStep()),
    "tatonnement-averaged": Averaged(Tatonnement(DiminishingStep())),
}

# What claims to clear markets such as RTS-24 within the default rounds; CI holds it to that from a wheel.
CLEARS_RTS24 = frozenset({"admm", "admm-anderson", "admm-balanced", "jacobian-admm", "pdhg", "slope-bids"})

# What refuses markets that disclose intensities.
EX_POST_ONLY = frozenset({"slope-bids"})

EXECUTORS: dict[str, Executor] = {"batched": Batched(), "compiled": Compiled(), "serial": Serial()}
