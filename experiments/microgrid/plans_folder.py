"""The folder of plans: instance, plans and figures."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from ..archive.new_folder import Claim
from .instance import Instance
from .instance_document import instance_document
from .plans_compared import Comparison

Breakable = Callable[[], AbstractContextManager[None]]


def write_plans(comparison: Comparison, claim: Claim, breakable: Breakable) -> None:
    """Write ``instance.json``, ``plans.json`` and figures, as `write_drawn`."""

    def draw(folder: Path) -> None:
        from ..figures.microgrid.plan_figures import draw_plans

        draw_plans(comparison, folder)

    write_drawn(comparison.instance, {"plans.json": comparison.as_json()}, draw, claim, breakable)


def write_drawn(
    instance: Instance,
    documents: dict[str, dict[str, Any]],
    draw: Callable[[Path], object],
    claim: Claim,
    breakable: Breakable,
) -> None:
    """Write an instance, what was found of it, and figures; without figures if a signal comes while they are drawn.

    Raises
    ------
    OSError
        If the folder cannot be written.
    """
    with claim.filling() as aside:
        for name, document in {"instance.json": instance_document(instance), **documents}.items():
            (aside / name).write_text(json.dumps(document, allow_nan=False), encoding="utf-8")
        try:
            with breakable():
                draw(aside)
        except KeyboardInterrupt:
            # Plans are not lost for the sake of figures.
            return
