"""Agents whose trades tell all their variables, within linear limits: large ones are answered by sparse factors."""

from .polytope import polytope
from .projection import Projection

__all__ = ["Projection", "polytope"]
