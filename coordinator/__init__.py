"""How prices are found: the market, mechanisms, stopping rules, certificates, executors."""

from .admm import ADMM, BalanceResiduals, KeepRho
from .announcement import Announcement, Responses
from .averaged import Averaged
from .catalogue import EXECUTORS, MECHANISMS
from .certificate import Certificate, certify, profits
from .compiled import Compiled
from .diagnosis import Diagnosis, Pattern, Symptom, diagnose
from .executor import Executor, Respond
from .history import RoundRecord
from .imbalance import relative_imbalances
from .market import Market, Scale
from .mechanism import Mechanism, State
from .rounds import Round, iterate
from .run import Run, Status, run
from .serial import Serial
from .stopping import AllOf, AnyOf, Converged, MaxRounds, Settled, StoppingRule, stop_at
from .tatonnement import AdaptiveStep, DiminishingStep, FixedStep, Tatonnement

__all__ = [
    "ADMM",
    "EXECUTORS",
    "MECHANISMS",
    "AdaptiveStep",
    "AllOf",
    "Announcement",
    "AnyOf",
    "Averaged",
    "BalanceResiduals",
    "Certificate",
    "Compiled",
    "Converged",
    "Diagnosis",
    "DiminishingStep",
    "Executor",
    "FixedStep",
    "KeepRho",
    "Market",
    "MaxRounds",
    "Mechanism",
    "Pattern",
    "Respond",
    "Responses",
    "Round",
    "RoundRecord",
    "Run",
    "Scale",
    "Serial",
    "Settled",
    "State",
    "Status",
    "StoppingRule",
    "Symptom",
    "Tatonnement",
    "certify",
    "diagnose",
    "iterate",
    "profits",
    "relative_imbalances",
    "run",
    "stop_at",
]
