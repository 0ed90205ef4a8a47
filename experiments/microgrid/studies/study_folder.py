"""The folder of a study: all figures as numbers, and curves."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager

from ...archive.new_folder import Claim
from .study_document import StudyDone


def write_study(study: StudyDone, claim: Claim, breakable: Callable[[], AbstractContextManager[None]]) -> None:
    """Write ``study.json`` and figures; without figures if a signal comes while they are drawn.

    Raises
    ------
    OSError
        If the folder cannot be written.
    """
    with claim.filling() as aside:
        (aside / "study.json").write_text(json.dumps(study.as_json(), allow_nan=False), encoding="utf-8")
        try:
            with breakable():
                from ...figures.microgrid.study_curves import draw_study

                draw_study(study, aside)
        except KeyboardInterrupt:
            # Numbers are not lost for the sake of figures.
            return
