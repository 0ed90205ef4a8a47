"""The case study written to its folder."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

from ...archive.keeping import write_aside
from ...pages.html import html_page
from ..case_study import CaseStudy
from .report import TITLE, report


def write_case_study(study: CaseStudy, path: Path, draw: Callable[[CaseStudy, Path], list[str]]) -> None:
    """Write rows, tables, figures, claims and the report, each file complete or not at all.

    Parameters
    ----------
    study : CaseStudy
    path : Path
        An existing folder.
    draw : callable
        Puts figures into a folder, as PNG and SVG, and returns their names.

    Raises
    ------
    OSError
        If a file cannot be written.
    """
    for name in ("tables", "figures"):
        (path / name).mkdir(exist_ok=True)
    write_aside(path / "cases.parquet", partial(study.cases.frame.to_parquet, index=False))
    for name, frame in study.frames().items():
        write_aside(path / "tables" / f"{name}.csv", partial(frame.to_csv, index=False))
    _write_text(path / "results.json", json.dumps(study.document(), indent=1, allow_nan=False))
    figures = draw(study, path / "figures")
    text = report(study, figures)
    images = {f"figures/{name}.png": (path / "figures" / f"{name}.svg").read_bytes() for name in figures}
    _write_text(path / "report.md", text)
    _write_text(path / "report.html", html_page(text, images, TITLE))


def _write_text(path: Path, text: str) -> None:
    write_aside(path, lambda aside: aside.write_text(text, encoding="utf-8"))
