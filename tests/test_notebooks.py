"""The lessons run from top to bottom."""

from pathlib import Path

import nbclient
import nbformat
import pytest

FOLDER = Path(__file__).parents[1] / "notebooks"
LESSONS = sorted(FOLDER.glob("*.ipynb"))


def test_there_are_lessons():
    assert len(LESSONS) >= 2


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_lesson_runs_and_is_kept_without_outputs(path):
    lesson = nbformat.read(path, as_version=4)
    assert not any(cell.get("outputs") for cell in lesson.cells)
    nbclient.NotebookClient(lesson, timeout=300, resources={"metadata": {"path": str(FOLDER)}}).execute()
    assert all(cell.get("execution_count") for cell in lesson.cells if cell.cell_type == "code")
