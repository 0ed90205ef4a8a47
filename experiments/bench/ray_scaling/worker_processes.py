"""What Linux tells of the process of a worker on this machine; 0 if it has ended."""

from __future__ import annotations

import os
from pathlib import Path

from ..rows.memory import ProcessPeak


def cpu_seconds(process: int) -> float:
    """Processor time that a process has used, in it and for it."""
    try:
        told = Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return 0.0
    # After the name in brackets, which may hold anything: user and system time are the 14th and 15th of all fields.
    fields = told.rpartition(")")[2].split()
    return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")


def peak_mib(process: int) -> float:
    """Most memory that a process has held."""
    peak = ProcessPeak(process)
    peak.look()
    return peak.mib or 0.0
