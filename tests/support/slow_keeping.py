"""A task that takes its time to keep what it has; workers import it."""

import time
from pathlib import Path

from walras.experiments.archive.workers import kept_to_the_end


def keep_slowly(place: Path) -> None:
    """Begin to write, and end half a second later."""
    with kept_to_the_end():
        place.write_text("begun")
        time.sleep(0.5)
        place.write_text("kept")
