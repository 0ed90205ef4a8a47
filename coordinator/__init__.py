"""How prices are found: the market, mechanisms, stopping rules, certificates, executors."""

from .announcement import Announcement, BidRequest, NearTargets, Prices, Responses
from .bids import Book, Slope, SlopeBid, SlopeShape
from .catalogue import EXECUTORS, MECHANISMS
from .certificate import Certificate, certify, profits
from .diagnosis import Diagnosis, Pattern, Symptom, diagnose
from .disclosure import Disclosure
from .executor import Executor, NotAnsweringError, Respond, UnansweredError, UnavailableError
from .executors.batched.batched import Batched
from .executors.compiled import Compiled
from .executors.on_ray.on_ray import OnRay
from .executors.serial import Serial
from .history import RoundRecord, TailRound
from .joined import joined
from .market import Market, Scale
from .measures.imbalance import relative_imbalances
from .mechanism import Mechanism, Opening, State, cold_opening, not_answered, relative_change
from .mechanisms.admm import ADMM
from .mechanisms.anderson import Anderson, FixedPoint
from .mechanisms.averaged import Averaged
from .mechanisms.level_bundle.level_bundle import LevelBundle
from .mechanisms.pdhg import PDHG
from .mechanisms.rho_rules import BalanceResiduals, KeepRho, PrimalWeight
from .mechanisms.slope_bids.slope_bids import SlopeBids
from .mechanisms.tatonnement import AdaptiveStep, DiminishingStep, FixedStep, Tatonnement
from .rounds import Round, iterate
from .run import Run, RunInterrupted, Status, run
from .stopping import AllOf, AnyOf, Converged, MaxRounds, Settled, StoppingRule, stop_at

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
    "KeepRho",
    "LevelBundle",
    "Market",
    "MaxRounds",
    "Mechanism",
    "NearTargets",
    "NotAnsweringError",
    "OnRay",
    "Opening",
    "Pattern",
    "Prices",
    "PrimalWeight",
    "Respond",
    "Responses",
    "Round",
    "RoundRecord",
    "Run",
    "RunInterrupted",
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
    "UnansweredError",
    "UnavailableError",
    "certify",
    "cold_opening",
    "diagnose",
    "iterate",
    "joined",
    "not_answered",
    "profits",
    "relative_change",
    "relative_imbalances",
    "run",
    "stop_at",
]
