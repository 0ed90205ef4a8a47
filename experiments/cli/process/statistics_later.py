"""The start without scipy.stats: CVXPY takes it along for one atom that no market has."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType
from typing import Any

_NAME = "scipy.stats"


class _Later(ModuleType):
    """Stands for the module while others are imported: the one function they take is found when it is called."""

    def __getattr__(self, name: str) -> Any:
        if name == "entropy":
            return lambda *given, **named: _real().entropy(*given, **named)
        if name.startswith("__"):
            # The machinery of imports asks for more than there is.
            raise AttributeError(name)
        # What hangs on more than that gets the module itself.
        return getattr(_real(), name)


def _real() -> ModuleType:
    if isinstance(sys.modules.get(_NAME), _Later):
        del sys.modules[_NAME]
    return import_module(_NAME)


@contextmanager
def statistics_later() -> Iterator[None]:
    """Around imports: a fifth of the start is scipy.stats, which `cvxpy.quantum_rel_entr` alone uses."""
    is_first = _NAME not in sys.modules
    if is_first:
        sys.modules[_NAME] = _Later(_NAME)
    try:
        yield
    finally:
        if is_first and isinstance(sys.modules.get(_NAME), _Later):
            del sys.modules[_NAME]
