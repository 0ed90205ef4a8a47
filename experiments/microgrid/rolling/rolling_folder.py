"""The folder of a rolling plan: instance, plans and figures."""

from __future__ import annotations

from pathlib import Path

from ...archive.new_folder import Claim
from ..plans_folder import Breakable, write_drawn
from .not_knowing import NotKnowing


def write_rolling(found: NotKnowing, claim: Claim, breakable: Breakable) -> None:
    """Write ``instance.json``, ``rolling.json`` and figures, as `write_drawn`."""

    def draw(folder: Path) -> None:
        from ...figures.microgrid.rolling_panels import draw_rolling

        draw_rolling(found, folder)

    write_drawn(found.instance, {"rolling.json": found.as_json()}, draw, claim, breakable)
