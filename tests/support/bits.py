"""All numbers of a value, with whatever it holds, as they are in memory."""

from collections import deque
from dataclasses import fields, is_dataclass

import numpy as np
import scipy.sparse as sp

from walras.coordinator import Market


def bits(value):
    """The same for two values only if every bit of both is; what follows from fields is left out."""
    if isinstance(value, Market):
        return "the market"
    if is_dataclass(value):
        return type(value), {field.name: bits(getattr(value, field.name)) for field in fields(value)}
    if sp.issparse(value):
        return type(value), value.shape, [bits(part) for part in (value.data, value.indices, value.indptr)]
    if isinstance(value, np.ndarray | np.generic):
        return type(value), value.shape, value.dtype, value.tobytes()
    if isinstance(value, tuple | list | deque):
        return type(value), getattr(value, "maxlen", None), [bits(item) for item in value]
    if isinstance(value, dict):
        return [(bits(key), bits(item)) for key, item in value.items()]
    if isinstance(value, float):
        return value.hex()
    return value
