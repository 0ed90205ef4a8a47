"""All figures of the case study."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from ..lookup import Paths
from .paper_forward import forward_figure
from .paper_leases import intensity_figure, lease_price_figure
from .paper_workload import accounting_figure, workload_co2_figure, workload_cost_figure


def paper_figures(cases: pd.DataFrame, paths: Paths | None = None) -> dict[str, Figure]:
    """The figures of arXiv 2602.19310, Section IV, drawn from runs of this package.

    Lines are monoliths, followed from breakpoint to breakpoint where there are paths, markers decomposed runs, bands
    all equilibria that are known.

    Parameters
    ----------
    cases : DataFrame
        The case study: what `run_chain` returns, for all chains one below the other.
    paths : mapping, optional
        Paths in kappa of the chains without forward contracts, by setting and disclosure.

    Returns
    -------
    dict of str to Figure
        By a name that can be a file's: the paper's Figs. 1 to 5 and, as 6, location-based beside market-based
        accounting. The fifth is there for both bases of forward contracts.
    """
    return {
        "fig1-lease-price": lease_price_figure(cases, paths),
        "fig2-mdc-intensity": intensity_figure(cases, paths),
        "fig3-workload-co2": workload_co2_figure(cases, paths),
        "fig4-workload-cost": workload_cost_figure(cases, paths),
        "fig5-forward-by-generator": forward_figure(cases, "generator"),
        "fig5-forward-by-contract": forward_figure(cases, "contract"),
        "fig6-accounting": accounting_figure(cases),
    }
