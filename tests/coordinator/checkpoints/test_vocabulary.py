"""What can be kept comes back as it was; what cannot is named before the first round."""

import json
import math
from collections import Counter, deque
from dataclasses import dataclass, field
from enum import Enum, Flag, StrEnum
from functools import cached_property
from typing import Any, Protocol

import numpy as np
import pytest
import scipy.sparse as sp
from cases import two_agents
from support.bits import bits

from walras.coordinator.checkpoints.decoding import Decoder
from walras.coordinator.checkpoints.encoding import Encoder
from walras.coordinator.checkpoints.vocabulary import KeepingError, classes_of
from walras.coordinator.mechanism import MADE_AGAIN


class Colour(Enum):
    RED = (1, 0, 0)


class Side(Flag):
    LEFT = 1
    RIGHT = 2


class Family(StrEnum):
    OURS = "ours"


@dataclass(frozen=True)
class Point:
    at: np.ndarray
    name: str = "here"


class Rule(Protocol):
    size: float


@dataclass
class Own:
    """A state of one field that may be anything."""

    part: Any
    maybe: Point | None = None
    rule: Rule | None = None
    colour: Colour = Colour.RED
    family: Family = Family.OURS

    @cached_property
    def double(self):
        return 2 * self.part


def there_and_back(value, market=None):
    classes = classes_of(value, "the state")
    encoder = Encoder(classes, "a")
    tree = json.loads(json.dumps(encoder.tree(value, "the state"), allow_nan=False))
    return Decoder(classes, encoder.arrays, market).value(tree)


COLUMNS = sp.csc_array(np.array([[0.0, 2.0], [3.0, 0.0]]))
PARTS = {
    "nothing": None,
    "truth": True,
    "whole numbers": [0, -3, 2**70, 5],
    "small whole numbers": (1, 2, -(2**63)),
    "numbers": [0.1, -0.0, 1e-320, math.inf, -math.inf, math.nan],
    "one number": -math.inf,
    "numbers of NumPy": [np.float64(0.1), np.int8(-3), np.bool_(True)],
    "text": "Bürger \u0000 \ud800",
    "nothing in it": [(), [], {}, deque()],
    "arrays": [np.arange(3.0), np.arange(3), np.zeros((0, 4)), np.array(2.5), np.asfortranarray(np.eye(2))],
    "arrays alike": (np.arange(3.0), np.ones(3)),
    "flags": np.array([True, False]),
    "rows and columns": [sp.csr_array(COLUMNS), COLUMNS, sp.csr_matrix(COLUMNS)],
    "a dictionary": {1: np.arange(2), "b": [None, 2.0], Family.OURS: 3.0},
    "points": [Point(np.arange(2.0)), Point(np.ones(2), "there")],
    "points unlike": [Point(np.arange(2.0)), Point(np.arange(5)), None],
    "the last ones": deque([Point(np.arange(2.0))]),
    "the last two": deque([1, 2], 2),
    "a flag": Side.LEFT,
    "mixed": (1, 2.0, True, Colour.RED),
}


@pytest.mark.parametrize("part", PARTS.values(), ids=PARTS)
def test_it_comes_back_bit_for_bit(part):
    own = Own(part)
    assert bits(there_and_back(own)) == bits(own)


def test_the_order_in_memory_stays():
    assert there_and_back(Own(np.asfortranarray(np.arange(6.0).reshape(2, 3)))).part.flags.f_contiguous


def test_arrays_that_came_together_do_not_hold_each_other():
    first, second = there_and_back(Own([np.arange(3.0), np.ones(3)])).part
    assert first.base is None
    assert second.base is None


def test_the_market_is_referred_to():
    market = two_agents.rising_cost().market
    assert there_and_back(Own([market, None]), market).part[0] is market


def test_what_a_class_does_when_it_is_made_is_not_done_again():
    @dataclass(frozen=True)
    class Halved:
        size: float

        def __post_init__(self):
            object.__setattr__(self, "size", self.size / 2)

    assert there_and_back(Halved(8.0)).size == 4.0


def test_what_follows_from_fields_may_have_been_asked_for():
    own = Own(3)
    assert own.double == 6
    assert there_and_back(own).double == 6


def test_what_is_made_again_is_left_out():
    @dataclass
    class Making:
        size: int
        factor: Any = field(default=None, metadata=MADE_AGAIN)
        factors: list = field(default_factory=list, metadata=MADE_AGAIN)

    back = there_and_back(Making(2, lambda x: x, [print]))
    assert (back.size, back.factor, back.factors) == (2, None, [])


REFUSED = {
    "a function": (Own(print), "Own.part is of the type builtin_function_or_method"),
    "half hidden numbers": (Own(np.ma.masked_array([1.0, 2.0], [True, False])), "Own.part is of the type MaskedArray"),
    "another dictionary": (Own(Counter("abc")), "Own.part is of the type Counter"),
    "a set": (Own([1, {2}]), "an item of Own.part is of the type set"),
    "a generator": (Own({"a": np.random.default_rng(0)}), "an item of Own.part is of the type Generator"),
    "another number": (Own(1j), "Own.part is of the type complex"),
    "rows of lists": (Own(sp.lil_array((2, 2))), "Own.part is of the type lil_array"),
    "deeper": (Own(Own(Point(print))), "Point.at is of the type builtin_function_or_method"),
    "no dataclass": (object(), "the state is of the type object"),
}


@pytest.mark.parametrize(("value", "message"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_kept_is_named(value, message):
    with pytest.raises(KeepingError, match=f"{message}.* which no checkpoint can keep"):
        classes_of(value, "the state")


def test_so_is_what_is_declared_and_not_there_yet():
    @dataclass
    class Later:
        rng: np.random.Generator | None = None

    @dataclass
    class Outer:
        later: tuple[Later, ...] = ()

    for value in (Later(), Outer()):
        with pytest.raises(KeepingError, match=r"Later\.rng is of the type Generator"):
            classes_of(value, "the state")


def test_so_is_what_a_class_remembers_beside_its_fields():
    own = Own(1)
    own.seen = 3
    with pytest.raises(KeepingError, match=r"Own\.seen is no field"):
        classes_of(own, "the state")


def test_arrays_of_objects_are_refused_when_they_come():
    with pytest.raises(KeepingError, match=r"Own\.part is an array of Python objects"):
        there_and_back(Own(np.array([None])))


def test_flags_together_are_refused_when_they_come():
    with pytest.raises(KeepingError, match=r"Own\.part is of the type Side"):
        there_and_back(Own(Side.LEFT | Side.RIGHT))


def test_one_array_in_two_places_is_one_again():
    prices = np.arange(3.0)
    part = there_and_back(Own({"one": prices, "same": prices, "alike": prices.copy()})).part
    assert part["one"] is part["same"]
    assert part["one"] is not part["alike"]


def test_a_class_that_is_not_declared_is_refused_when_it_comes():
    classes = classes_of(Own(None), "the state")
    for value in (Own([Other()]), Own(Other())):
        with pytest.raises(KeepingError, match="of the type Other, which is not declared for it"):
            Encoder(classes, "a").tree(value, "the state")


@dataclass
class Other:
    size: int = 0


ODD_TREES = {
    "of another class": ({"object": ["os:system", {}]}, "os:system, of which no state of this mechanism"),
    "with other fields": ({"object": [f"{__name__}:Point", {"at": 1}]}, "what was kept of Point is at, and not"),
    "of a kind nobody knows": ({"call": ["os:system"]}, "'call'"),
    "of several kinds": ({"array": "a0", "float": "1"}, "unpack"),
    "without its array": ({"array": "a7"}, "a7"),
    "no number": ({"float": "much"}, "much"),
    "of odd items": ({"list": {"pairs": []}}, "no items that are 'pairs'"),
}


@pytest.mark.parametrize(("tree", "message"), ODD_TREES.values(), ids=ODD_TREES)
def test_odd_trees_are_refused(tree, message):
    with pytest.raises(KeepingError, match=message):
        Decoder(classes_of(Own(Point(np.arange(2))), "the state"), {}, None).value(tree)
