"""Who trades, and what: goods, and one small convex problem per kind of participant."""

from .agent import Agent, AgentError, Declaration
from .canonical.canonical_problem import CanonicalProblem
from .canonical.declared import DeclaredAgents, canonicalise
from .consumer import Consumer
from .goods import Family, Good, contract, contracts, energy, lease, wheeling
from .grid_operator import GridOperator
from .hyperscaler import Hyperscaler
from .modular_datacenter import ModularDatacenter
from .newcomers import Buyer, with_newcomer
from .pooled_consumer import PooledConsumer
from .pooled_grid_operator import PooledGridOperator
from .pooled_producer import PooledProducer
from .producer import Customer, ForwardContract, Producer

__all__ = [
    "Agent",
    "AgentError",
    "Buyer",
    "CanonicalProblem",
    "Consumer",
    "Customer",
    "Declaration",
    "DeclaredAgents",
    "Family",
    "ForwardContract",
    "Good",
    "GridOperator",
    "Hyperscaler",
    "ModularDatacenter",
    "PooledConsumer",
    "PooledGridOperator",
    "PooledProducer",
    "Producer",
    "canonicalise",
    "contract",
    "contracts",
    "energy",
    "lease",
    "wheeling",
    "with_newcomer",
]
