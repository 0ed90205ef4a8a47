"""Settings and results are values: nobody changes them, and those that hold arrays are compared by identity."""

from dataclasses import FrozenInstanceError

import pytest

from walras.coordinator import (
    AllOf,
    Anderson,
    AnyOf,
    Certificate,
    Converged,
    Diagnosis,
    MaxRounds,
    Run,
    Settled,
    Symptom,
)
from walras.coordinator.mechanisms.anderson import AndersonState, Point
from walras.coordinator.mechanisms.anderson_memory import Memory

HOLDING_ARRAYS = [AndersonState, Certificate, Memory, Point, Run]
FROZEN = [*HOLDING_ARRAYS, AllOf, Anderson, AnyOf, Converged, Diagnosis, MaxRounds, Settled, Symptom]


def named(kinds):
    return pytest.mark.parametrize("kind", kinds, ids=lambda kind: kind.__name__)


@named(FROZEN)
def test_nobody_changes_a_value(kind):
    with pytest.raises(FrozenInstanceError):
        object.__new__(kind).anything = 1


@named(HOLDING_ARRAYS)
def test_what_holds_arrays_is_equal_to_nothing_but_itself(kind):
    """An array has no truth value: a comparison part by part would fail, and so would a hash."""
    one, other = object.__new__(kind), object.__new__(kind)
    assert one != other
    assert len({one, other, one}) == 2
