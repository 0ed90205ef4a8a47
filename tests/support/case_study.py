"""A small table of the shape of the case study, with made-up figures whose curves are known."""

import itertools

import pandas as pd

ALPHAS = (0.1, 0.5, 0.9, 0.99, 0.999, 1.0)
LOCAL_AT_ONE_T = 143.3
SIDES = ("decomposed", "monolith", "least", "largest")


def _market(scheme, alpha, position):
    """Figures of one market, made up, with the shapes that the real ones have."""
    ante = scheme == "ex_ante"
    row = {
        "co2_t.system": 1376.0 + 20 * position * (2 - alpha),
        "co2_t.local": LOCAL_AT_ONE_T if alpha == 1 else 37.8 + ante * (1 - alpha),
        "co2_t.mdc": 10.0 * (alpha if ante else 1.0),
        "location_co2_t.local": 123.0,
        "location_co2_t.mdc": 7.5,
        "workload_cost_usd.local": 58e3 + 4e3 * ante * (1 - alpha),
        "workload_cost_usd.mdc": 5e3 / alpha,
        "congestion_rent_usd": 81e3 + 1e3 * (position + alpha),
        "binding_lines": 2.0 + (position > 0.7),
        "total_demand_mwh": 2642.0,
    }
    for number in (1, 2, 3):
        prefix = f"lease.mdc{number}"
        row[f"{prefix}.price_usd_per_gpu"] = 0.13 / alpha * (1 - (1 - alpha) / (number + 1) * ante)
        row[f"{prefix}.intensity_kg_per_mwh"] = 0.0 if number == 3 else 600.0 * alpha / number
        row[f"{prefix}.mix_kg_per_mwh"] = None if number == 3 else 600.0
    return row


def _rows(table, scheme, basis, position):
    spread = {"decomposed": 1.0, "monolith": 1.0, "least": 0.8, "largest": 1.2}
    for alpha, side in itertools.product(ALPHAS, SIDES if position == 0 else SIDES[:2]):
        figures = _market(scheme, alpha, position)
        if scheme == "ex_ante":
            figures |= {path: value and value * spread[side] for path, value in figures.items()}
        yield {
            "setting": table,
            "disclosure": scheme,
            "forward_basis": basis,
            "forward_position": position,
            "alpha": alpha,
            "side": side,
            "status": "converged" if side == "decomposed" else None,
            **figures,
        }


def case_study():
    """Both tables and schemes, spot and forward."""
    rows = []
    for table in ("paper", "rts96"):
        chains = [("ex_post", "generator", 0.0), ("ex_ante", "generator", 0.0)]
        chains += [("ex_ante", "generator", position) for position in (0.6, 0.7, 0.8, 0.9)]
        chains += [("ex_ante", "contract", position) for position in (0.6, 0.7, 0.8, 0.89)]
        for chain in chains:
            rows += _rows(table, *chain)
    return pd.DataFrame(rows)


def with_stalled_runs(cases):
    """The same, where one run of figures 1 to 4 and 6 and one of each figure 5 did not converge."""
    positions = cases["forward_position"].isin([0.0, 0.8]) & (cases["disclosure"] == "ex_ante")
    stalled = (cases["side"] == "decomposed") & (cases["alpha"] == 0.5) & positions
    return cases.assign(status=cases["status"].mask(stalled, "max_rounds"))
