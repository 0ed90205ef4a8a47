"""A hyperscaler's weight on cost, and the price of emissions that is the same."""

from __future__ import annotations


def alpha_of(kappa: float) -> float:
    """The weight on cost [-] that belongs to a price of emissions [$/kg]."""
    return 1 / (1 + kappa)


def kappa_of(alpha: float) -> float:
    """The price of emissions [$/kg] that belongs to a weight on cost [-]."""
    return (1 - alpha) / alpha
