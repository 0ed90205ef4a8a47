"""The folder of compared plans: instance, plans and figures."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager

from ..archive.new_folder import Claim
from .instance_document import instance_document
from .plans_compared import Comparison


def write_plans(comparison: Comparison, claim: Claim, breakable: Callable[[], AbstractContextManager[None]]) -> None:
    """Write ``instance.json``, ``plans.json`` and figures; without figures if a signal comes while they are drawn.

    Raises
    ------
    OSError
        If the folder cannot be written.
    """
    with claim.filling() as aside:
        (aside / "instance.json").write_text(json.dumps(instance_document(comparison.instance)), encoding="utf-8")
        (aside / "plans.json").write_text(json.dumps(comparison.as_json(), allow_nan=False), encoding="utf-8")
        try:
            with breakable():
                from ..figures.microgrid.plan_figures import draw_plans

                draw_plans(comparison, aside)
        except KeyboardInterrupt:
            # Plans are not lost for the sake of figures.
            return
