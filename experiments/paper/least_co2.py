"""What forward contracts change beyond demand: emissions beside those of the least-cost dispatch of the same demand."""

from __future__ import annotations

import pandas as pd

from ...agents.consumer import Consumer
from ..scenario.market_builder import build_market
from .chains import Chain
from .lookup import Cases
from .pool import serve


def least_cost_co2(cases: Cases) -> pd.DataFrame:
    """Dispatch the demand of every market with forward contracts as if there were none.

    Returns
    -------
    DataFrame
        Columns: setting, forward_basis, forward_position, alpha and `least_cost_co2_t`, the emissions of
        the cheapest dispatch of the purchases that the monolith serves in that market, bus by bus.

    Raises
    ------
    RuntimeError
        If a dispatch cannot be solved.
    """
    rows = []
    for setting in cases.settings:
        scenario = Chain(setting, "ex_ante", "generator", 0.0, ()).scenario(0.5)
        market = build_market(scenario)
        hydro = {agent.bus: float(agent.hydro_mwh[0]) for agent in market.agents if isinstance(agent, Consumer)}
        (local_bus,) = (hyperscaler.bus for hyperscaler in scenario.hyperscalers)
        for basis in cases.forward_bases(setting):
            for position in cases.forward_positions(setting, basis):
                for alpha, row in cases.forward(setting, basis, position).iterrows():
                    bought = {bus: float(row[f"demand_mwh.{bus}"]) - mwh for bus, mwh in hydro.items()}
                    bought[local_bus] = bought.get(local_bus, 0.0) + float(row["workload_mwh.local"])
                    for mdc in scenario.modular_datacenters:
                        bought[mdc.bus] = bought.get(mdc.bus, 0.0) + float(row[f"lease.{mdc.name}.purchases_mwh"])
                    rows.append(
                        {
                            "setting": setting,
                            "forward_basis": basis,
                            "forward_position": position,
                            "alpha": alpha,
                            "least_cost_co2_t": serve(market, bought).co2_t,
                        }
                    )
    columns = ["setting", "forward_basis", "forward_position", "alpha", "least_cost_co2_t"]
    return pd.DataFrame(rows, columns=columns)
