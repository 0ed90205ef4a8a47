"""Claims 4 and 5: what alpha does to the cost of workload and to emissions of the system."""

from __future__ import annotations

import pandas as pd

from ..lookup import SCHEME_NAMES, TABLE_NAMES, Cases, at
from ..printed import PRINTED_ALPHAS, SCHEMES, printed
from .verdicts import Claim, Finding, graded

# A fall of cost by less is none: the paper's figures cannot show it.
NOTICEABLE = 0.01
# Steps upwards below this are rounding.
ROUNDING = 1e-4
# The paper's own system CO2 moves by 0.65% and is said to hardly move.
HARDLY_MOVES = 0.01
MOVES_LITTLE = 0.05


def cost_falls(cases: Cases) -> Claim:
    """Claim 4."""
    findings, evidence = [], []
    first, second = PRINTED_ALPHAS
    for table in cases.emission_tables:
        for scheme in SCHEMES:
            rows = cases.spot(table, scheme)
            local, leased = rows["workload_cost_usd.local"], rows["workload_cost_usd.mdc"]
            total = local + leased
            fall = 1 - total[second] / total[first]
            rising = total.pct_change() > ROUNDING
            words = (
                f"the cost is {total[first]:,.0f} $ at alpha {first:g}, {total[second]:,.0f} $ at {second:g} and "
                f"{total.iloc[-1]:,.0f} $ at {rows.index[-1]:g}, and never below {total.min():,.0f} $; local work "
                f"costs {local[first]:,.0f} and {local[second]:,.0f} $, leases {leased[first]:,.0f} and "
                f"{leased[second]:,.0f} $ (the paper: {printed('cost.total', scheme, first):,.0f} and "
                f"{printed('cost.total', scheme, second):,.0f} $ in all)"
            )
            if rising.any():
                words += (
                    f"; it rises in {rising.sum()} of {len(rows) - 1} steps, the first to alpha {rising.idxmax():g}"
                )
            verdict = graded(holds=fall > NOTICEABLE and not rising.any(), in_part=fall > NOTICEABLE)
            findings.append(Finding(f"{TABLE_NAMES[table]}, {SCHEME_NAMES[scheme]}", verdict, words))
            evidence.append(
                pd.DataFrame(
                    {
                        "emission_rates": table,
                        "disclosure": scheme,
                        "alpha": rows.index,
                        "local_usd": local.to_numpy(),
                        "mdc_usd": leased.to_numpy(),
                        "total_usd": total.to_numpy(),
                    }
                )
            )
    return Claim(
        4,
        "Raising alpha lowers the cost of workload.",
        f"Holds if the cost falls by more than {NOTICEABLE:.0%} from alpha {first:g} to {second:g} and in no step of "
        f"alpha rises by more than {ROUNDING:g} relatively; in part if it falls between these two.",
        tuple(findings),
        _cause_of_costs(cases),
        pd.concat(evidence, ignore_index=True),
    )


def system_hardly_moves(cases: Cases) -> Claim:
    """Claim 5."""
    findings, evidence = [], []
    for table in cases.emission_tables:
        rows = pd.concat([cases.spot(table, scheme).assign(scheme=scheme) for scheme in SCHEMES])
        below_one = rows[rows.index < 1]
        ends = [cases.spot(table, scheme, side) for scheme in SCHEMES for side in ("least", "largest")]
        system = pd.concat([end.loc[end.index < 1, "co2_t.system"] for end in ends])
        own = below_one["co2_t.local"] + below_one["co2_t.mdc"]
        location = below_one["location_co2_t.local"] + below_one["location_co2_t.mdc"]
        moves = float((system.max() - system.min()) / system.mean())
        words = (
            f"over both schemes, all alpha below 1 and all equilibria found the system emits {system.min():,.2f} to "
            f"{system.max():,.2f} t ({100 * moves:.2g}%), while the datacenters' footprint by contracts is "
            f"{own.min():.2f} to {own.max():.2f} t and by location {location.min():.1f} to {location.max():.1f} t"
        )
        verdict = graded(holds=moves <= HARDLY_MOVES, in_part=moves <= MOVES_LITTLE)
        findings.append(Finding(TABLE_NAMES[table], verdict, words))
        evidence.append(
            pd.DataFrame(
                {
                    "emission_rates": table,
                    "disclosure": rows["scheme"],
                    "alpha": rows.index,
                    "system_t": rows["co2_t.system"],
                    "contracts_t": rows["co2_t.local"] + rows["co2_t.mdc"],
                    "location_t": rows["location_co2_t.local"] + rows["location_co2_t.mdc"],
                }
            )
        )
    return Claim(
        5,
        "System CO2 hardly moves with alpha or with the disclosure scheme: contracts are reshuffled.",
        f"Holds if system CO2 stays within {HARDLY_MOVES:.0%} of itself over both schemes, all alpha below 1 and all "
        f"equilibria (the paper's own numbers span 0.65%); in part within {MOVES_LITTLE:.0%}.",
        tuple(findings),
        _cause_of_reshuffling(cases),
        pd.concat(evidence, ignore_index=True),
    )


def _cause_of_costs(cases: Cases) -> str:
    first, second = PRINTED_ALPHAS
    sentences = []
    for table in cases.emission_tables:
        rows = cases.spot(table, "ex_post")
        before, after = at(rows, first), at(rows, second)
        sentences.append(
            f"With {TABLE_NAMES[table]}, ex post, one more MWh of work is worth "
            f"{before['workload_price_usd_per_mwh.hyperscaler']:,.2f} $ at alpha {first:g} and "
            f"{after['workload_price_usd_per_mwh.hyperscaler']:,.2f} $ at {second:g}; the price of energy at bus 24 "
            f"is {before['price_usd_per_mwh.24']:,.2f} and {after['price_usd_per_mwh.24']:,.2f} $."
        )
    return (
        "Local work is paid at the nodal price of bus 24, which does not depend on alpha ex post; all of the fall "
        "lies in leases, paid at the price of energy plus (1 - alpha) / alpha dollars per kg of local emissions. "
        + " ".join(sentences)
        + " Ex ante, what is disclosed is taken off lease prices, by less the higher alpha is: near 1 leases become "
        f"dearer again. {_printed_local_prices(cases)}"
    )


def _printed_local_prices(cases: Cases) -> str:
    rows = cases.spot(cases.emission_tables[0], "ex_post").loc[list(PRINTED_ALPHAS)]
    mwh, price = rows["workload_mwh.local"], rows["price_usd_per_mwh.24"]
    paid = pd.Series({alpha: printed("cost.local", "ex_post", alpha) for alpha in PRINTED_ALPHAS}) / mwh
    above = paid - price
    return (
        f"The printed local costs are {paid.iloc[0]:.0f} and {paid.iloc[1]:.0f} $ for each MWh that we find done "
        f"locally, {above.iloc[0]:.0f} and {above.iloc[1]:.0f} $ above our nodal price: something that depends on "
        "alpha is counted in them, and the paper does not say what."
    )


def _cause_of_reshuffling(cases: Cases) -> str:
    sentences = []
    for table in cases.emission_tables:
        rows = cases.spot(table, "ex_post")
        careful, careless = rows.iloc[0], rows.iloc[-1]
        sentences.append(
            f"With {TABLE_NAMES[table]}, ex post, a hyperscaler that cares less (alpha {rows.index[-1]:g} instead of "
            f"{rows.index[0]:g}) adds {careless['co2_t.local'] - careful['co2_t.local']:.1f} t to its own books; "
            f"emissions of the system change by {abs(careless['co2_t.system'] - careful['co2_t.system']):.2f} t."
        )
    return (
        "Who buys from the clean units changes, what they generate hardly does: they are cheap and run first in any "
        "case. " + " ".join(sentences)
    )
