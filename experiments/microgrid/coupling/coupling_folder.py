"""The folder of a coupling: instance, rounds and figure."""

from __future__ import annotations

from pathlib import Path

from ...archive.new_folder import Claim
from ..plans_folder import Breakable, write_drawn
from .coupled_outcome import Coupled


def write_coupled(coupled: Coupled, claim: Claim, breakable: Breakable) -> None:
    """Write ``instance.json``, ``coupled.json`` and the figure, as `write_drawn`."""

    def draw(folder: Path) -> None:
        from ...figures.microgrid.coupled_panels import draw_coupled

        draw_coupled(coupled, folder)

    write_drawn(coupled.instance, {"coupled.json": coupled.as_json()}, draw, claim, breakable)
