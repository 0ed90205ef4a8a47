"""The few numbers that an instance is generated from."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from ...scenario.quantities import Text

Scale = Annotated[float, Field(ge=0, le=1000, allow_inf_nan=False)]


class GeneratorSection(BaseModel):
    """Section ``generator`` of a file."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    sites: int = Field(4, ge=1, le=100, description="the first four are those of microgrid4, the others like them")
    jobs: int = Field(12, ge=0, le=10_000, description="training jobs")
    regions: int | None = Field(
        None, ge=1, le=100, description="one where each site is, more where further sites would be; null: as many"
    )
    slots: int = Field(24, ge=1, le=3000)
    slot_hours: float = Field(
        1.0, gt=0, le=24, allow_inf_nan=False, description="length of a slot; the first is at 0 h"
    )
    seed: int = Field(0, ge=0, le=2**32 - 1, description="of wind, jobs, and sites beyond the fourth")
    job_power_scale: Scale = Field(1.0, description="factor of the power of all jobs")
    demand_scale: Scale = Field(1.0, description="factor of all inference demand")
    renewable_scale: Scale = Field(1.0, description="factor of all sun and wind")
    battery_scale: Scale = Field(1.0, description="factor of content and power of all batteries")
    trace: Text | None = Field(
        None, description="file of requests whose shape all demand takes, in the layout of Azure's or BurstGPT's traces"
    )
    weather: list[Text] = Field(
        [], max_length=100, description="typical years as EPW files, for the sites in turn; none: an analytic day"
    )
    first_day: int = Field(1, ge=1, le=365, description="of the typical year, from 1")
