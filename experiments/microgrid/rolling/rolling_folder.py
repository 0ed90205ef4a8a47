"""The folder of a rolling plan: instance, plans and figures."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager

from ...archive.new_folder import Claim
from ..instance_document import instance_document
from .not_knowing import NotKnowing


def write_rolling(found: NotKnowing, claim: Claim, breakable: Callable[[], AbstractContextManager[None]]) -> None:
    """Write ``instance.json``, ``rolling.json`` and figures; without figures if a signal comes while they are drawn.

    Raises
    ------
    OSError
        If the folder cannot be written.
    """
    with claim.filling() as aside:
        (aside / "instance.json").write_text(json.dumps(instance_document(found.instance)), encoding="utf-8")
        (aside / "rolling.json").write_text(json.dumps(found.as_json(), allow_nan=False), encoding="utf-8")
        try:
            with breakable():
                from ...figures.microgrid.rolling_panels import draw_rolling

                draw_rolling(found, aside)
        except KeyboardInterrupt:
            # Numbers are not lost for the sake of figures.
            return
