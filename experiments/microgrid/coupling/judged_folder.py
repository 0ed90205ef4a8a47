"""The folder of judged rules: the first instance, changes by seed, and the figure."""

from __future__ import annotations

from pathlib import Path

from ...archive.new_folder import Claim
from ..plans_folder import Breakable, write_drawn
from .judged_seeds import JudgedSeeds


def write_judged(judged: JudgedSeeds, claim: Claim, breakable: Breakable) -> None:
    """Write ``instance.json`` of the first seed, ``judged.json`` and the figure, as `write_drawn`."""

    def draw(folder: Path) -> None:
        from ...figures.microgrid.judged_dots import draw_judged

        draw_judged(judged, folder)

    write_drawn(next(iter(judged.instances.values())), {"judged.json": judged.as_json()}, draw, claim, breakable)
