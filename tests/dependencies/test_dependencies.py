"""Lower bounds are read off pyproject.toml, and what is claimed of mechanisms is said in one place."""

import re
import tomllib

import pytest
from dependencies.lowest_bounds import lowest_bounds
from support.imports import ROOT

from walras.coordinator.catalogue import CLEARS_RTS24, MECHANISMS


def test_every_package_is_held_at_its_lower_bound():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    bounds = lowest_bounds(project)
    wanted = [*project["dependencies"], *project["optional-dependencies"]["test"]]
    assert set(bounds) == {re.split(r"[\[>=]", requirement)[0] for requirement in wanted}
    for name, bound in bounds.items():
        assert any(requirement.startswith(f"{name}>={bound}") for requirement in wanted)


def test_of_two_bounds_the_higher_one_holds():
    project = {"dependencies": ["a>=1.9", "b>=2"], "optional-dependencies": {"test": ["a[more]>=1.10,<2"]}}
    assert lowest_bounds(project) == {"a": "1.10", "b": "2"}


@pytest.mark.parametrize("requirement", ["a", "a<2", "a<2,>=1", "a>1"])
def test_a_package_without_a_lower_bound_is_none_that_was_tried(requirement):
    with pytest.raises(ValueError, match="has no lower bound"):
        lowest_bounds({"dependencies": [requirement], "optional-dependencies": {"test": []}})


def test_the_readme_says_which_mechanisms_do_not_clear_rts24():
    assert set(MECHANISMS) > CLEARS_RTS24
    table = re.findall(r"^\| (`.*?) \| (.*?) \|", (ROOT / "README.md").read_text(), re.M)
    told = {name: rounds for names, rounds in table for name in re.findall(r"`(.*?)`", names)}
    assert {name for name, rounds in told.items() if re.match(r"(about )?\d", rounds)} >= CLEARS_RTS24
    assert "does not clear" in told["tatonnement"]
