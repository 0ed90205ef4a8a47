"""Identities: what every equilibrium of the paper's model makes of the printed cells, whatever the data behind them.

Ex post one more MWh of work is worth ``mu = p + e kappa``, where p is the price at the hyperscaler's bus, e the rate of
its marginal purchase and ``kappa = (1 - alpha) / alpha``; leases are paid at mu. Supply cleaner than e is bought at a
premium ``kappa (e - rate)``. So local work of L MWh costs ``C = p L + kappa A`` and emits ``M = e L - A``, where
``A`` sums ``z (e - rate)`` over the clean supply z. All of this follows from the conditions of hyperscaler, modular
datacenters and producers in arXiv 2602.19310, (3), (10) and (13).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Reading:
    """Printed cells of Tables I to III with what follows from them.

    Parameters
    ----------
    leases_careful_usd, leases_careless_usd : float
        Cost of leased work ex post at alpha 0.1 and 0.9.
    lease_price_usd : float
        Per GPU, ex post, alpha 0.1.
    local_careful_usd, local_careless_usd, local_t : float
        Cost of local work ex post at alpha 0.1 and 0.9, and its emissions, equal at both.
    clean_lease_ante_usd : float
        Lease price of the modular datacenter without emissions, per GPU, ex ante, alpha 0.1.
    local_ante_usd, local_ante_t, local_ante_careless_usd, local_ante_careless_t : float
        Cost and emissions of local work ex ante at alpha 0.1 and 0.9.
    """

    leases_careful_usd: float
    leases_careless_usd: float
    lease_price_usd: float
    local_careful_usd: float
    local_careless_usd: float
    local_t: float
    clean_lease_ante_usd: float
    local_ante_usd: float
    local_ante_t: float
    local_ante_careless_usd: float
    local_ante_careless_t: float

    # Of the scenario and of Table III: workload and capacity [MWh], GPUs of a MW, rate of the marginal purchase
    # [kg/MWh], and kappa at alpha 0.9.
    WORK_MWH = 285.0
    CAPACITY_MWH = 24.0
    GPUS_PER_MW = 1700.0
    RATE_KG_PER_MWH = 145.0
    KAPPA_CARELESS = 1 / 9

    @property
    def leased_mwh(self) -> float:
        """Leases ex post at alpha 0.1: cost over price."""
        return self.leases_careful_usd / self.lease_price_usd / self.GPUS_PER_MW

    @property
    def local_mwh(self) -> float:
        """L, local work where all leases are full."""
        return self.WORK_MWH - self.CAPACITY_MWH

    @property
    def price_usd_per_mwh(self) -> float:
        """p24, the price at the hyperscaler's bus, from leases at alpha 0.9."""
        return self.leases_careless_usd / self.CAPACITY_MWH - self.RATE_KG_PER_MWH * self.KAPPA_CARELESS

    @property
    def kappa_usd_per_kg(self) -> float:
        """Kappa at the alpha that is printed as 0.1, from leases at p24."""
        return (self.leases_careful_usd / self.CAPACITY_MWH - self.price_usd_per_mwh) / self.RATE_KG_PER_MWH

    @property
    def alpha(self) -> float:
        """The alpha that is printed as 0.1."""
        return 1 / (1 + self.kappa_usd_per_kg)

    @property
    def advantage_kg(self) -> float:
        """A, from the emissions of local work."""
        return self.RATE_KG_PER_MWH * self.local_mwh - 1000 * self.local_t

    @property
    def advantage_of_cost_kg(self) -> float:
        """A, from how its cost falls with kappa."""
        fall = self.local_careful_usd - self.local_careless_usd
        return fall / (self.kappa_usd_per_kg - self.KAPPA_CARELESS)

    @property
    def carbon_free_mwh(self) -> float:
        """A as energy without emissions."""
        return self.advantage_kg / self.RATE_KG_PER_MWH

    @property
    def price_of_cost_usd_per_mwh(self) -> float:
        """p24, from the cost of local work at alpha 0.9."""
        return (self.local_careless_usd - self.KAPPA_CARELESS * self.advantage_kg) / self.local_mwh

    @property
    def local_ante_mwh(self) -> float:
        """L ex ante at alpha 0.1, from its emissions at the same A."""
        return (1000 * self.local_ante_t + self.advantage_kg) / self.RATE_KG_PER_MWH

    @property
    def price_ante_usd_per_mwh(self) -> float:
        """p24 ex ante at alpha 0.1, from the lease price of the datacenter without emissions."""
        return self.clean_lease_ante_usd * self.GPUS_PER_MW - self.RATE_KG_PER_MWH * self.kappa_usd_per_kg

    @property
    def price_ante_of_cost_usd_per_mwh(self) -> float:
        """p24 ex ante at alpha 0.1, from the cost of local work."""
        return (self.local_ante_usd - self.kappa_usd_per_kg * self.advantage_kg) / self.local_ante_mwh

    @property
    def slope_usd_per_mwh2(self) -> float:
        """How p24 rises with local work, from ex post to ex ante at alpha 0.1."""
        return (self.price_ante_of_cost_usd_per_mwh - self.price_usd_per_mwh) / (self.local_ante_mwh - self.local_mwh)

    @property
    def local_ante_careless_mwh(self) -> float:
        """L ex ante at alpha 0.9, from its emissions at the same A."""
        return (1000 * self.local_ante_careless_t + self.advantage_kg) / self.RATE_KG_PER_MWH

    @property
    def price_ante_careless_usd_per_mwh(self) -> float:
        """p24 ex ante at alpha 0.9, from the cost of local work."""
        cost = self.local_ante_careless_usd - self.KAPPA_CARELESS * self.advantage_kg
        return cost / self.local_ante_careless_mwh
