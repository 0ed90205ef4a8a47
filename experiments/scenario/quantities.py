"""Types of the values in a scenario: names that can be printed, numbers of a size that can be computed with."""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

from ...network.plain import EMISSION_RATE, FACTOR, LONGEST_NAME, POWER, Quantity, name_fault, shown


def _refusing(fault_of: Callable[[Any], str | None]) -> AfterValidator:
    def check(value: Any) -> Any:
        if fault := fault_of(value):
            raise ValueError(fault)
        return value

    return AfterValidator(check)


def _unprintable(text: str) -> str | None:
    return None if text.isprintable() else "text without control characters is needed"


def _is_not_negative(value: Any) -> bool:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    try:
        return is_number and isfinite(value) and value >= 0
    except OverflowError:  # a whole number that no float comes near
        return False


def _one_or_list(quantity: Quantity) -> BeforeValidator:
    """Refuse what is neither a number nor a list of numbers with one message, not one for each form."""

    def check(value: Any) -> Any:
        for item in value if isinstance(value, list) else [value]:
            if not _is_not_negative(item):
                raise ValueError("a finite number of at least 0 is needed, or a list of them, one a period")
            if fault := quantity.fault(item):
                raise ValueError(f"{fault}, or a list of such numbers, one a period")
        return value

    return BeforeValidator(check)


def _name_or_table(value: Any) -> Any:
    """Refuse what is neither the name of a table nor a table with one message."""
    if isinstance(value, dict):
        for key, rate in value.items():
            if not _is_not_negative(rate):
                raise ValueError(f"{key} has the rate {shown(rate)}; a finite number of at least 0 kg/MWh is needed")
            if fault := EMISSION_RATE.fault(rate):
                raise ValueError(f"{key} has the rate {rate!r}; {fault}")
    elif not isinstance(value, str):
        raise ValueError("the name of an emission table is needed, or a mapping to kg/MWh")
    return value


Name = Annotated[str, Field(min_length=1, max_length=LONGEST_NAME), _refusing(name_fault)]
Text = Annotated[str, _refusing(_unprintable)]
Factor = Annotated[float, Field(gt=0, allow_inf_nan=False), _refusing(FACTOR.fault)]
PowerMW = Annotated[float, Field(ge=0, allow_inf_nan=False), _refusing(POWER.fault)]
Share = Annotated[float, Field(ge=0, le=1), _refusing(Quantity("", 1e-9, 1).fault)]
# Prices and slopes are divided by these.
PositiveShare = Annotated[float, Field(gt=0, le=1), _refusing(Quantity("", 1e-6, 1, may_be_zero=False).fault)]
Elasticity = Annotated[
    float, Field(lt=0, ge=-100, allow_inf_nan=False), _refusing(Quantity("", 1e-6, 100, may_be_zero=False).fault)
]
# Sums of thousands of numbers are known to no more than this.
Tolerance = Annotated[float, Field(gt=0, lt=1), _refusing(Quantity("", 1e-15, 1, may_be_zero=False).fault)]
PowerPerPeriod = Annotated[float | list[float], _one_or_list(POWER)]
RatePerPeriod = Annotated[float | list[float], _one_or_list(EMISSION_RATE)]
EmissionRates = Annotated[Text | dict[Name, float], BeforeValidator(_name_or_table)]
CostFactors = dict[Name, Factor]
