"""All figures of a run folder."""

from __future__ import annotations

from pathlib import Path

from matplotlib.figure import Figure

from ...network.case import Case
from ...network.reader import read_case
from ..archive.run_folder import RunFolder
from ..errors import RunFolderError
from .convergence import convergence_figure
from .network import network_figure
from .style import save_figure


def draw(folder: RunFolder, out: Path) -> list[Path]:
    """Draw convergence and network map as PNG and SVG into a folder, and return the paths.

    Raises
    ------
    GridError
        If the case that the run was on is not where it was.
    RunFolderError
        If `out` is no folder.
    OSError
        If it cannot be written.
    """
    return draw_on(read_case(folder.document["scenario_document"]["grid"]["source"]), folder, out)


def draw_on(case: Case, folder: RunFolder, out: Path) -> list[Path]:
    """Draw as `draw` does, with the case at hand.

    Raises
    ------
    RunFolderError
        If `out` is no folder.
    OSError
        If it cannot be written.
    """
    if out.exists() and not out.is_dir():
        raise RunFolderError(f"{out} is no folder; figures need one")
    out.mkdir(parents=True, exist_ok=True)
    return [path for name, figure in figures_of(folder, case).items() for path in save_figure(figure, out, name)]


def figures_of(folder: RunFolder, case: Case) -> dict[str, Figure]:
    """All figures of a run by name; nothing is written."""
    return {"convergence": convergence_figure(folder), "network": network_figure(folder, case)}
