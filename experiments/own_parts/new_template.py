"""The template: a market of three buses with own parts, to begin one's own from."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from ..archive.new_folder import claimed_folder

_TEMPLATE = Path(str(resources.files(__package__))) / "template"
# Python would take them for parts of walras.
_SUFFIX = ".txt"


def write_template(path: Path) -> list[str]:
    """Write the template into a new folder, complete or not at all.

    Returns
    -------
    list of str
        Its files.

    Raises
    ------
    OSError
        If it cannot be written.
    RunFolderError
        If something is in the way, or the place cannot be written.
    """
    names = []
    with claimed_folder(path) as claim, claim.filling() as aside:
        for file in sorted(each for each in _TEMPLATE.rglob("*") if each.is_file()):
            name = str(file.relative_to(_TEMPLATE)).removesuffix(_SUFFIX)
            (aside / name).parent.mkdir(exist_ok=True)
            (aside / name).write_bytes(file.read_bytes())
            names.append(name)
    return names
