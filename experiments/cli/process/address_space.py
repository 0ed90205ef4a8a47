"""Too little address space is told before libraries that spin for want of it are loaded."""

from __future__ import annotations

import os
import resource

# Measured with one thread on RTS-24, figures drawn: 900,000 KiB are too few, 1,000,000 KiB do.
NEEDED_MIB = 1024
_THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS")


def address_space_mib() -> int | None:
    """What the process may map (``ulimit -v``), or None if nothing limits it."""
    soft, _ = resource.getrlimit(resource.RLIMIT_AS)
    return None if soft == resource.RLIM_INFINITY else soft // 2**20


def want_of_address_space() -> str | None:
    """Say why walras cannot be loaded, or None if it can.

    Libraries of linear algebra map their buffers while they are loaded, and some try for ever where they may not.
    Under a limit they get one thread, unless the user has said how many: each takes buffers of its own.
    """
    limit = address_space_mib()
    if limit is None:
        return None
    for name in _THREADS:
        os.environ.setdefault(name, "1")
    if limit >= NEEDED_MIB:
        return None
    return f"not enough memory: this process may map {limit} MiB (ulimit -v), and walras needs {NEEDED_MIB} MiB"
