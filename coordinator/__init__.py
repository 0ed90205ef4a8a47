"""How prices are found: the market, mechanisms, stopping rules, certificates, executors."""

from .admm import ADMM
from .anderson import Anderson, FixedPoint
from .announcement import Announcement, Part, Responses
from .averaged import Averaged
from .batched import Batched
from .bids import BidRequest, Book, Slope, SlopeBid, SlopeShape
from .catalogue import EXECUTORS, MECHANISMS
from .certificate import Certificate, certify, profits
from .compiled import Compiled
from .diagnosis import Diagnosis, Pattern, Symptom, diagnose
from .disclosure import Disclosure
from .executor import Executor, Respond
from .history import RoundRecord, TailRound
from .imbalance import relative_imbalances
from .jacobian import JacobianADMM
from .joined import joined
from .level_bundle import LevelBundle
from .market import Market, Scale
from .mechanism import Mechanism, Opening, State, cold_opening
from .pdhg import PDHG
from .rho_rules import BalanceResiduals, KeepRho, PrimalWeight
from .rounds import Round, iterate
from .run import Run, Status, run
from .serial import Serial
from .slope_bids.mechanism import SlopeBids
from .stopping import AllOf, AnyOf, Converged, MaxRounds, Settled, StoppingRule, stop_at
from .tatonnement import AdaptiveStep, DiminishingStep, FixedStep, Tatonnement

__all__ = [
    "ADMM",
    "EXECUTORS",
    "MECHANISMS",
    "PDHG",
    "AdaptiveStep",
    "AllOf",
    "Anderson",
    "Announcement",
    "AnyOf",
    "Averaged",
    "BalanceResiduals",
    "Batched",
    "BidRequest",
    "Book",
    "Certificate",
    "Compiled",
    "Converged",
    "Diagnosis",
    "DiminishingStep",
    "Disclosure",
    "Executor",
    "FixedPoint",
    "FixedStep",
    "JacobianADMM",
    "KeepRho",
    "LevelBundle",
    "Market",
    "MaxRounds",
    "Mechanism",
    "Opening",
    "Part",
    "Pattern",
    "PrimalWeight",
    "Respond",
    "Responses",
    "Round",
    "RoundRecord",
    "Run",
    "Scale",
    "Serial",
    "Settled",
    "Slope",
    "SlopeBid",
    "SlopeBids",
    "SlopeShape",
    "State",
    "Status",
    "StoppingRule",
    "Symptom",
    "TailRound",
    "Tatonnement",
    "certify",
    "cold_opening",
    "diagnose",
    "iterate",
    "joined",
    "profits",
    "relative_imbalances",
    "run",
    "stop_at",
]
