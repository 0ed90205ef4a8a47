"""scipy.stats is imported when somebody uses it, and then it is the real one."""

import subprocess
import sys

BEGIN = """
import sys
from walras.experiments.cli.process.statistics_later import statistics_later
with statistics_later():
    {inside}
assert ("scipy.stats" in sys.modules) is {is_there}
{after}
"""


def run(inside, after="", *, is_there=False):
    code = BEGIN.format(inside=inside, after=after, is_there=is_there)
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert answer.returncode == 0, answer.stderr


def test_the_function_that_was_taken_works_and_the_module_is_itself_afterwards():
    run("from scipy.stats import entropy", "assert abs(entropy([0.5, 0.5]) - 0.6931471805599453) < 1e-12")
    run("from scipy.stats import entropy", "import scipy.stats; assert scipy.stats.norm.cdf(0) == 0.5")


def test_what_takes_more_gets_the_module_itself():
    run("from scipy.stats import norm", "assert norm.cdf(0) == 0.5", is_there=True)
    run("import scipy.stats as s", "assert s.norm.cdf(0) == 0.5")


def test_a_module_that_was_there_before_stays():
    run("import numpy", is_there=False)
    run("pass", "import scipy.stats\nwith statistics_later():\n    assert scipy.stats.norm.cdf(0) == 0.5")
