"""The part of the report on the path in kappa."""

from __future__ import annotations

from ...pages.markdown import markdown_table
from ..case_paths import LEAST_ALPHA, breakpoint_table, sample_differences
from ..lookup import SCHEME_NAMES, Cases, Paths
from ..paper_settings import SETTING_NAMES

_WHAT = (
    "A kilogram costs the hyperscaler kappa = (1 - alpha)/alpha dollars. Ex post kappa moves the linear cost of one "
    "quadratic programme, so that between breakpoints prices and quantities are affine in it, costs quadratic; "
    "breakpoints are where its optimal partition changes, which linear programmes tell. Ex ante figures are smooth "
    "between breakpoints for given purchase mixes, which follow the selection rule; where that jumps, curves have a "
    f"gap. Lines in figures 1 to 4 are these paths from alpha 1, as the limit from below, to {LEAST_ALPHA:g}; ticks "
    "are breakpoints and dots the decomposed runs.\n"
)


def paths_section(paths: Paths, cases: Cases) -> str:
    """What happens on the way from alpha 1 downwards, and how far the samples are from the paths."""
    if not paths:
        return "Nothing was followed.\n"
    counts = [
        f"{_setting(table, scheme)}: {len(path.breakpoints)} ({sum(point.is_jump for point in path.breakpoints)} jumps)"
        for (table, scheme), path in paths.items()
    ]
    return "\n".join(
        [
            _WHAT,
            f"Breakpoints: {'; '.join(counts)}. All of them, as kappa rises (`tables/breakpoints.csv`):\n",
            _breakpoints(paths),
            "Checked against samples: the largest difference of the monoliths and of the decomposed runs that "
            "converged, below alpha = 1.\n",
            _differences(paths, cases),
        ]
    )


def _breakpoints(paths: Paths) -> str:
    rows = [
        [
            _setting(row["setting"], row["disclosure"]),
            f"{row['kappa_usd_per_kg']:.6f}",
            f"{row['alpha']:.6f}",
            row["what_happens"] + (" (jump)" if row["jumps"] else ""),
        ]
        for row in breakpoint_table(paths).to_dict("records")
    ]
    return markdown_table(["market", "kappa $/kg", "alpha", "what happens"], rows, numbers=0)


def _differences(paths: Paths, cases: Cases) -> str:
    rows = [
        [
            f"{_setting(row['setting'], row['disclosure'])}, {row['figure']}",
            f"{row['monolith']:.1e}",
            f"{row['decomposed']:.1e}",
            f"{row['samples']}",
        ]
        for row in sample_differences(paths, cases).to_dict("records")
    ]
    return markdown_table(["figure", "monoliths", "decomposed", "samples"], rows, numbers=3)


def _setting(setting: str, scheme: str) -> str:
    return f"{SETTING_NAMES[setting]}, {SCHEME_NAMES[scheme]}"
