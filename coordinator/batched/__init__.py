"""The batched executor: closed forms and vectorised methods for agents of one structure."""

from .executor import Batched

__all__ = ["Batched"]
