"""What processes of Ray find around them."""

from __future__ import annotations

import os
import sys
from typing import Any

# Solvers of small problems: threads would only wait for each other, and workers take all cores.
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS")


def worker_environment() -> dict[str, Any]:
    """One thread each, or as many as this process has been told to take, for that may change the last bits.

    Modules that this process finds, such as own agents, are found by those of its machine too.
    """
    threads = {name: os.environ.get(name, "1") for name in _THREADS}
    return {"env_vars": {**threads, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}}
