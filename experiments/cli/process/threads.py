"""How many threads linear algebra gets."""

from __future__ import annotations

import os

_NAMES = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


def one_thread_each() -> None:
    """Give linear algebra one thread, unless the user has said how many; libraries ask while they are loaded.

    Matrices are small here, and OpenBLAS wakes threads for a hundred rows: where cores are busy, they wait for each
    other up to a thousand times longer than they compute. Many runs share cores as processes.
    """
    if not any(name in os.environ for name in _NAMES):
        os.environ.update(dict.fromkeys(_NAMES, "1"))
