"""Where trade happens: buses, lines, power flow, and readers of case data."""

from .case import Case, UnitGroup
from .csv_reader import built_in_cases, read_case
from .flow import angle_matrices, ptdf_matrix
from .grid import Grid, GridError

__all__ = [
    "Case",
    "Grid",
    "GridError",
    "UnitGroup",
    "angle_matrices",
    "built_in_cases",
    "ptdf_matrix",
    "read_case",
]
