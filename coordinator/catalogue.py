"""Mechanisms and executors by name, as the command line and scenario files know them."""

from __future__ import annotations

from typing import Any

from .admm import ADMM, BalanceResiduals
from .averaged import Averaged
from .compiled import Compiled
from .executor import Executor
from .mechanism import Mechanism
from .serial import Serial
from .tatonnement import AdaptiveStep, DiminishingStep, FixedStep, Tatonnement

MECHANISMS: dict[str, Mechanism[Any]] = {
    "admm": ADMM(),
    "admm-balanced": ADMM(rho_rule=BalanceResiduals()),
    "tatonnement": Tatonnement(DiminishingStep()),
    "tatonnement-fixed": Tatonnement(FixedStep()),
    "tatonnement-adaptive": Tatonnement(AdaptiveStep()),
    "tatonnement-averaged": Averaged(Tatonnement(DiminishingStep())),
}

EXECUTORS: dict[str, Executor] = {"compiled": Compiled(), "serial": Serial()}
