"""What an installed wheel must show: RTS-24 converges by every mechanism that claims to, on stdout is one document.

Run with the interpreter that the wheel is installed for: `python -I check_wheel.py`, in a folder without sources.
"""

import json
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path

import walras
from walras.coordinator.catalogue import CLEARS_RTS24

# On the slowest of two busy cores.
_SECONDS = 300
_TOLD = ("clarabel", "cvxpy", "daqp", "highspy", "numpy", "piqp", "scipy")


def fault_of(mechanism: str) -> str:
    """What is wrong with `walras compare rts24` by a mechanism, empty if nothing is."""
    script = str(Path(sys.executable).with_name("walras"))
    command = [script, "compare", "rts24", "--json", "--mechanism", mechanism]
    begin = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=False)
    seconds = time.perf_counter() - begin
    try:
        document = json.loads(done.stdout)
    except ValueError:
        return f"stdout is no JSON document: {done.stdout[:300]!r}\n{done.stderr}"
    if done.returncode != 0 or document["status"] != "converged" or document["equilibrium"] is None:
        return f"exit code {done.returncode}, {document['status']}: {document['reason']}\n{done.stderr}"
    sys.stdout.write(f"  {mechanism}: {document['rounds']} rounds, {seconds:.1f} s with all set-up\n")
    return ""


def main() -> None:
    """Try all mechanisms, two at a time, and exit with what went wrong."""
    home = Path(walras.__file__)
    if "site-packages" not in home.parts:
        raise SystemExit(f"walras comes from {home}, not from a wheel")
    sys.stdout.write(" ".join(f"{name} {version(name)}" for name in _TOLD) + "\n")
    names = sorted(CLEARS_RTS24)
    with ThreadPoolExecutor(2) as pool:
        faults = [f"{name}: {fault}" for name, fault in zip(names, pool.map(fault_of, names), strict=True) if fault]
    if faults:
        raise SystemExit("\n".join(faults))


if __name__ == "__main__":
    main()
