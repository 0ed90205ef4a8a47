"""What the printed cells say by themselves, for a report."""

from __future__ import annotations

from ...pages.markdown import markdown_table, number
from .identities import Identity, identities
from .independent_cells import CONTRADICTED, INDEPENDENT

_DIGITS = {"MWh": ".2f", "$/MWh": ".2f", "$/kg": ".4f", "kg": ",.0f", "$/MWh per MWh": ".2f", "": ".4f"}


def identities_section() -> str:
    """The identities, what they agree on, and what no data can meet."""
    found = {identity.key: identity for identity in identities()}
    rows = [
        [identity.label, identity.formula, identity.unit, _shown(identity, "value"), _shown(identity, "least"),
         _shown(identity, "most")]
        for identity in found.values()
    ]  # fmt: skip
    columns = ["number", "from printed cells", "unit", "value", "least", "most"]
    return "\n".join(
        [
            "Ex post one more MWh of work is worth p24 + 145 kappa: 145 kg/MWh is the marginal purchase of the "
            "hyperscaler. Supply cleaner than that is bought at a premium, so local work of L MWh costs p24 L + kappa "
            "A and emits 145 L - A. These hold in every equilibrium of the model with that marginal purchase and full "
            "leases, whatever its other data; ex ante the same A is taken. Least and most are over the roundings of "
            "all printed digits.\n",
            markdown_table(columns, rows, numbers=3),
            _agreement(found),
            _contradiction(found),
        ]
    )


def _agreement(found: dict[str, Identity]) -> str:
    first, second = found["price_usd_per_mwh"], found["price_of_cost_usd_per_mwh"]
    share = 1 - found["alpha"].value / 0.1
    return (
        f"What is told twice agrees: p24 to {abs(first.value - second.value):.3f} $/MWh from leases and from local "
        f"cost, A to {abs(found['advantage_kg'].value - found['advantage_of_cost_kg'].value):.0f} kg. The alpha that "
        f"is printed as 0.1 differs from it by {abs(100 * share):.2f}%. So what local work costs contains nothing "
        f"unexplained: what depends on alpha is the rent of clean supply, kappa A.\n"
    )


def _contradiction(found: dict[str, Identity]) -> str:
    post, ante = found["price_usd_per_mwh"], found["price_ante_careless_usd_per_mwh"]
    work, work_ante = found["local_mwh"], found["local_ante_careless_mwh"]
    return (
        f"Ex ante at alpha 0.9 the cells ask for the local work of ex post ({work_ante.least:.2f} to "
        f"{work_ante.most:.2f} MWh; {work.value:.2f}) at another price ({ante.least:.2f} to {ante.most:.2f} $/MWh; "
        f"{post.least:.2f} to {post.most:.2f}). Loads decide prices and system CO2 (Theorem 2): no data can meet both. "
        f"Of the 56 cells that are not 0, {len(INDEPENDENT)} are numbers of their own and the others follow from them; "
        f"{len(CONTRADICTED)} of these, prices and system CO2 ex ante at alpha 0.9, are contradicted by others.\n"
    )


def _shown(identity: Identity, end: str) -> str:
    return number(getattr(identity, end), _DIGITS[identity.unit])
