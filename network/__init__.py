"""Where trade happens: buses, lines, power flow, and readers of case data."""

from .case import Case, UnitGroup
from .csv_reader import built_in_cases
from .csv_writer import write_folder
from .flow import PowerFlow, angle_matrices, ptdf_matrix
from .grid import Grid, GridError
from .pandapower_case import case_from_pandapower
from .pypsa_case import case_from_pypsa
from .reader import is_case_name, read_case

__all__ = [
    "Case",
    "Grid",
    "GridError",
    "PowerFlow",
    "UnitGroup",
    "angle_matrices",
    "built_in_cases",
    "case_from_pandapower",
    "case_from_pypsa",
    "is_case_name",
    "ptdf_matrix",
    "read_case",
    "write_folder",
]
