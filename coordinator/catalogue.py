"""Mechanisms and executors by name, as the command line and scenario files know them."""

from __future__ import annotations

from typing import Any

from .admm import ADMM
from .anderson import Anderson
from .averaged import Averaged
from .batched import Batched
from .compiled import Compiled
from .executor import Executor
from .jacobian import JacobianADMM
from .level_bundle import LevelBundle
from .mechanism import Mechanism
from .pdhg import PDHG
from .rho_rules import BalanceResiduals
from .serial import Serial
from .slope_bids.mechanism import SlopeBids
from .tatonnement import AdaptiveStep, DiminishingStep, FixedStep, Tatonnement

MECHANISMS: dict[str, Mechanism[Any]] = {
    "admm": ADMM(),
    "admm-anderson": Anderson(ADMM(relaxation=1.9, opening_price=1.0)),
    "admm-balanced": ADMM(rho_rule=BalanceResiduals()),
    "slope-bids": SlopeBids(),
    "jacobian-admm": JacobianADMM(),
    "level-bundle": LevelBundle(),
    "pdhg": PDHG(),
    "tatonnement": Tatonnement(DiminishingStep()),
    "tatonnement-fixed": Tatonnement(FixedStep()),
    "tatonnement-adaptive": Tatonnement(AdaptiveStep()),
    "tatonnement-averaged": Averaged(Tatonnement(DiminishingStep())),
}

EXECUTORS: dict[str, Executor] = {"batched": Batched(), "compiled": Compiled(), "serial": Serial()}
