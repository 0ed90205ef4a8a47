"""A command works on small blocks with one thread each, unless the user wants otherwise."""

import os
import subprocess
import sys

import pytest

PROBE = """
import os, sys
from walras.experiments.cli import main
sys.argv = ["walras", "--version"]
try:
    main()
finally:
    print(os.environ["OPENBLAS_NUM_THREADS"])
"""


@pytest.mark.parametrize(("given", "used"), [(None, "1"), ("2", "2")])
def test_blas_has_one_thread_unless_told(given, used):
    environment = {key: value for key, value in os.environ.items() if key != "OPENBLAS_NUM_THREADS"}
    environment |= {} if given is None else {"OPENBLAS_NUM_THREADS": given}
    ended = subprocess.run([sys.executable, "-c", PROBE], env=environment, capture_output=True, text=True, check=True)
    assert ended.stdout.split()[-1] == used
