"""What commands below `walras microgrid` do with what they found: a folder, and a document or tables."""

from __future__ import annotations

from collections.abc import Callable

from ...archive.new_folder import Claim
from ..options import tell_written


def publish(claim: Claim | None, write: Callable[[Claim], None], show: Callable[[], None], *, quiet: bool) -> None:
    """Fill a claimed folder, and show the result, which neither a full disk nor an interrupt may take along.

    Parameters
    ----------
    claim : Claim, or None
        None where no folder is wanted.
    write, show : callable
    quiet : bool
        Whether the folder is not told of on stderr.

    Raises
    ------
    OSError
        If the folder cannot be written; what was found is shown all the same.
    """
    try:
        if claim is not None:
            write(claim)
            tell_written(claim.path, quiet=quiet)
    finally:
        show()
