"""Sweep files: which scenario, and what varies."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from ..scenario.quantities import Text

KeyPath = Annotated[str, Field(pattern=r"^[^=]+$")]
Values = dict[KeyPath, Any]


class Sweep(BaseModel):
    """A list of runs: every mapping of `runs` with every point of `grid`.

    Keys are dotted paths into the scenario, as in `--set`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    scenario: Text = Field(description="built-in name, or file relative to the sweep file")
    fixed: Values = Field({}, alias="set", description="what all runs have in common, by dotted path")
    grid: dict[KeyPath, Annotated[list[Any], Field(min_length=1)]] = Field(
        {}, description="lists of values by dotted path, such as grid.line_limit_scale: [0.6, 0.8]"
    )
    runs: list[Values] = Field([], description="a list of mappings, each from dotted paths to values")
    monolith: bool = Field(False, description="true: solve the monolith beside each run")
