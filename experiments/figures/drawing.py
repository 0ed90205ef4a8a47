"""All figures of a run folder."""

from __future__ import annotations

from pathlib import Path

from matplotlib.figure import Figure

from ...network.case import Case
from ...network.reader import read_case
from ..archive.run_folder import RunFolder
from ..errors import RunFolderError
from ..results.shown_hour import shown_hour
from .buses_by_hour import buses_by_hour_figure
from .convergence import convergence_figure
from .hours import hours_figure
from .network import network_figure
from .style import save_figure


def draw(folder: RunFolder, out: Path, hour: int | None = None) -> list[Path]:
    """Draw convergence, network map and, where there are several, the hours as PNG and SVG, and return the paths.

    Parameters
    ----------
    folder : RunFolder
    out : Path
        The folder to draw into.
    hour : int, optional
        That the map shows, counted from 1. Default: the one in which nodal prices differ most.

    Raises
    ------
    GridError
        If the case that the run was on is not where it was.
    RunFolderError
        If `out` is no folder.
    OSError
        If it cannot be written.
    ValueError
        If there is no such hour.
    """
    return draw_on(read_case(folder.document["scenario_document"]["grid"]["source"]), folder, out, hour)


def draw_on(case: Case, folder: RunFolder, out: Path, hour: int | None = None) -> list[Path]:
    """Draw as `draw` does, with the case at hand.

    Raises
    ------
    RunFolderError
        If `out` is no folder.
    OSError
        If it cannot be written.
    ValueError
        If there is no such hour.
    """
    figures, place = figures_of(folder, case, hour), folder_for_figures(out)
    return [path for name, figure in figures.items() for path in save_figure(figure, place, name)]


def folder_for_figures(out: Path) -> Path:
    """The folder, which is made if there is none.

    Raises
    ------
    RunFolderError
        If it is something else, or cannot be made.
    """
    if out.exists() and not out.is_dir():
        raise RunFolderError(f"{out} is no folder; figures need one")
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RunFolderError(f"{out} cannot be made: {error.strerror}") from error
    return out


def figures_of(folder: RunFolder, case: Case, hour: int | None = None) -> dict[str, Figure]:
    """All figures of a run by name; nothing is written.

    Raises
    ------
    ValueError
        If there is no such hour.
    """
    shown = shown_hour(folder.document["result"], hour)
    figures = {"convergence": convergence_figure(folder, shown), "network": network_figure(folder, case, shown)}
    if shown.hours > 1:
        figures["hours"] = hours_figure(folder, case, shown)
        figures["buses_by_hour"] = buses_by_hour_figure(folder, case, shown)
    return figures
