"""Fast tests that cover a module, as arguments of pytest; slow ones are left out where a fast one sees the line."""

_HERE = "tests/coordinator"
_ANDERSON = (
    f"{_HERE}/mechanisms/test_anderson_safeguards.py",
    f"{_HERE}/mechanisms/test_anderson.py",
    f"{_HERE}/test_values.py",
    "-k",
    "not rts24 and not 118",
)

COVERING = {
    "coordinator/certificate.py": (f"{_HERE}/test_certificate.py", f"{_HERE}/test_values.py", "-k", "not serial"),
    "coordinator/stopping.py": (f"{_HERE}/test_stopping.py", f"{_HERE}/test_values.py"),
    "coordinator/run.py": (f"{_HERE}/test_run.py", f"{_HERE}/test_run_defaults.py", f"{_HERE}/test_values.py"),
    "coordinator/diagnosis.py": (
        f"{_HERE}/test_diagnosis_thresholds.py",
        f"{_HERE}/test_diagnosis.py",
        f"{_HERE}/test_values.py",
    ),
    "coordinator/mechanisms/weights.py": (
        f"{_HERE}/mechanisms/test_weights_limits.py",
        f"{_HERE}/mechanisms/test_weights.py",
    ),
    "coordinator/mechanisms/anderson.py": _ANDERSON,
    "coordinator/mechanisms/anderson_memory.py": _ANDERSON,
    "coordinator/executors/interior_point.py": (f"{_HERE}/executors/test_interior_point.py",),
}
