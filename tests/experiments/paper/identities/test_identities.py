"""What printed cells imply, held against an independent audit, and against the cells that they leave open."""

import pytest

from walras.experiments.paper.identities.identities import identities, printed_reading
from walras.experiments.paper.identities.identities_section import identities_section
from walras.experiments.paper.identities.independent_cells import CONTRADICTED, INDEPENDENT
from walras.experiments.paper.printed import PRINTED, PRINTED_ALPHAS, SCHEMES, printed

GPUS_PER_MW, WORK, CAPACITY, CURTAILED = 1700, 285, {"mdc1": 12, "mdc2": 10, "mdc3": 2}, {"mdc1": 2, "mdc2": 4}
HALF = {"$": 0.5, "$/MWh": 0.005, "t": 0.005, "kg/MWh": 0.5, "$/GPU": 0.0005}


@pytest.fixture(scope="module")
def found():
    return {identity.key: identity for identity in identities()}


@pytest.mark.parametrize(
    ("key", "audited", "within"),
    [
        ("kappa_usd_per_kg", 8.99, 0.001),
        ("price_usd_per_mwh", 249.1, 0.1),
        ("price_of_cost_usd_per_mwh", 249.1, 0.1),
        ("advantage_kg", 5335, 0.5),
        ("local_mwh", 261, 1e-9),
        ("local_ante_mwh", 274.75, 0.05),
        ("price_ante_of_cost_usd_per_mwh", 278.0, 0.2),
        ("slope_usd_per_mwh2", 2.1, 0.05),
        ("carbon_free_mwh", 36.8, 0.05),
    ],
)
def test_numbers_are_those_of_the_audit_inside_their_roundings(found, key, audited, within):
    identity = found[key]
    assert identity.value == pytest.approx(audited, abs=within)
    assert identity.least <= identity.value <= identity.most


def test_what_is_told_twice_agrees_within_its_roundings(found):
    for first, second in (
        ("price_usd_per_mwh", "price_of_cost_usd_per_mwh"),
        ("advantage_kg", "advantage_of_cost_kg"),
        ("price_ante_usd_per_mwh", "price_ante_of_cost_usd_per_mwh"),
    ):
        assert max(found[first].least, found[second].least) <= min(found[first].most, found[second].most)


def test_ex_ante_at_ninety_percent_the_same_work_has_two_prices(found):
    post, ante = found["price_usd_per_mwh"], found["price_ante_careless_usd_per_mwh"]
    work = found["local_ante_careless_mwh"]
    assert work.least <= found["local_mwh"].value <= work.most
    assert ante.least > post.most
    assert all(scheme == "ex_ante" and alpha == 0.9 for _, scheme, alpha in CONTRADICTED)
    assert "no data can meet both" in identities_section()


def _following(scheme, alpha):
    """The cells of a market that are no numbers of their own, from those that are."""
    reading = printed_reading()
    kappa = reading.kappa_usd_per_kg if alpha == 0.1 else 1 / 9
    worth = (
        printed("cost.mdc", scheme, alpha) / 24
        if scheme == "ex_post"
        else printed("lease_price.mdc3", scheme, alpha) * GPUS_PER_MW
    )
    rates = {name: printed(f"intensity.{name}", scheme, alpha) for name in CURTAILED}
    full = {name: rates[name] * (CAPACITY[name] - CURTAILED[name]) / CAPACITY[name] for name in rates}
    prices = {name: printed(f"power_price.{name}", scheme, alpha) for name in rates}
    leases, bought, worths = {"mdc3": 2.0}, {}, {"mdc3": worth}
    for name, rate in rates.items():
        if scheme == "ex_post":
            leases[name], worths[name] = CAPACITY[name], worth
        elif worth - kappa * full[name] >= prices[name]:
            leases[name], worths[name] = CAPACITY[name], worth - kappa * full[name]
        else:
            disclosed = (worth - prices[name]) / kappa
            leases[name], worths[name] = CURTAILED[name] * rate / (rate - disclosed), prices[name]
        bought[name] = leases[name] - CURTAILED[name]
    local = WORK - sum(leases.values())
    cells = {"cost.local": worth * local - kappa * 1000 * printed("co2.local", scheme, alpha)}
    cells["cost.mdc"] = sum(worths[name] * leases[name] for name in leases)
    cells["cost.total"] = cells["cost.local"] + cells["cost.mdc"]
    cells["co2.mdc"] = sum(rates[name] * bought[name] for name in rates) / 1000
    cells["co2.total"] = printed("co2.local", scheme, alpha) + cells["co2.mdc"]
    return cells | {f"lease_price.{name}": worths[name] / GPUS_PER_MW for name in worths}


@pytest.mark.parametrize("alpha", PRINTED_ALPHAS)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_other_cell_follows(scheme, alpha):
    following = _following(scheme, alpha)
    # The worth of work is known to three digits of a lease price ex ante, and to a dollar of MDC cost ex post.
    slack = {"$": 300, "$/GPU": 0.0011, "t": 0.012} if scheme == "ex_ante" else {"$": 70, "$/GPU": 0.0006, "t": 0.006}
    for quantity in PRINTED:
        if quantity.value(scheme, alpha) and (quantity.key, scheme, alpha) not in INDEPENDENT:
            assert following[quantity.key] == pytest.approx(quantity.value(scheme, alpha), abs=slack[quantity.unit]), (
                quantity.key
            )


def test_fifty_six_cells_are_not_zero_and_half_of_them_are_independent():
    cells = {(q.key, scheme, alpha) for q in PRINTED for scheme in SCHEMES for alpha in PRINTED_ALPHAS}
    printed_cells = {cell for cell in cells if printed(*cell)}
    assert len(printed_cells) == 56
    assert set(INDEPENDENT) <= printed_cells
    assert len(set(INDEPENDENT)) == 28
    assert set(CONTRADICTED) < set(INDEPENDENT)
