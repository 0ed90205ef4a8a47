"""What a study comes to, written into its folder: all figures as numbers, curves, and one page."""

from __future__ import annotations

import json
from pathlib import Path

from ...archive.keeping import write_aside
from ...pages.html import html_page
from ..studies.study_document import StudyDone
from .study_report import TITLE, study_report


def write_study(study: StudyDone, folder: Path) -> None:
    """Write ``study.json``, figures, ``report.md`` and ``report.html``, each complete or not at all.

    Raises
    ------
    OSError
        If a file cannot be written.
    """
    # matplotlib takes a second to import, and without a folder nothing is drawn
    from ...figures.microgrid.study_curves import draw_study

    _write_text(folder / "study.json", json.dumps(study.as_json(), allow_nan=False))
    figures = draw_study(study, folder)
    text = study_report(study, figures)
    images = {f"{name}.png": (folder / f"{name}.svg").read_bytes() for name in figures}
    _write_text(folder / "report.md", text)
    _write_text(folder / "report.html", html_page(text, images, TITLE))


def _write_text(path: Path, text: str) -> None:
    write_aside(path, lambda aside: aside.write_text(text, encoding="utf-8"))
