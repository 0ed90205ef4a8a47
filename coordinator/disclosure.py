"""Ex ante disclosure: takers of a good are told its emission intensity, and mind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..agents.agent import AgentError
from ..agents.arrays import FloatArray, IntArray
from ..agents.goods import Good


@dataclass(frozen=True)
class Disclosure:
    """What the takers of a good are told about the energy behind it.

    The supplier uses curtailed energy first and buys the rest, so a volume of q MWh has the
    intensity ``E = mix * (q - curtailed) / q``, and none up to the curtailed energy (definition
    (36) of arXiv 2602.19310 with ``v = min(q, curtailed)``).

    Parameters
    ----------
    mix_kg_per_mwh : float
        Emissions per MWh that the supplier buys.
    curtailed_mwh : float
        Energy without emissions that comes first.
    emission_price_usd_per_kg : mapping of agent name to float
        What each taker gives for a kilogram less; who is left out does not mind.
    """

    mix_kg_per_mwh: float
    curtailed_mwh: float
    emission_price_usd_per_kg: Mapping[str, float]


@dataclass(frozen=True, eq=False)
class DisclosedGoods:
    """All disclosed goods of a market as arrays.

    Parameters
    ----------
    copies : int
        Length of the stacked vector of the market.
    goods : array of shape (disclosed,)
        Positions in the market's goods.
    supply_copy : array of shape (disclosed,)
        The copy of each good's supplier.
    mwh_per_unit, mix_kg_per_mwh, curtailed_mwh : arrays of shape (disclosed,)
    taker_copies, disclosed_of_taker : arrays of shape (takers,)
        Copies of those who mind, and which disclosed good each is a copy of.
    emission_price_usd_per_kg : array of shape (takers,)
    input_goods, disclosed_of_input : arrays of shape (inputs,)
        What the supplier of each disclosed good trades beside it in the same hour.
    """

    copies: int
    goods: IntArray
    supply_copy: IntArray
    mwh_per_unit: FloatArray
    mix_kg_per_mwh: FloatArray
    curtailed_mwh: FloatArray
    taker_copies: IntArray
    disclosed_of_taker: IntArray
    emission_price_usd_per_kg: FloatArray
    input_goods: IntArray
    disclosed_of_input: IntArray

    def intensities(self, trades: FloatArray) -> FloatArray:
        """Disclosed intensity at stacked trades [kg/MWh], shape (disclosed,).

        Where nothing is supplied, it is the limit from above: that of the first MWh.
        """
        volume = np.maximum(trades[self.supply_copy] * self.mwh_per_unit, 0.0)
        bought = np.maximum(volume - self.curtailed_mwh, 0.0)
        idle = (volume == 0) & (self.curtailed_mwh == 0)
        share = np.where(idle, 1.0, bought / np.where(volume > 0, volume, 1.0))
        return self.mix_kg_per_mwh * share

    def surcharges(self, intensities: FloatArray) -> FloatArray:
        """What a unit costs its taker beyond its price [$ per unit], shape (copies,)."""
        if not len(self.taker_copies):
            return np.broadcast_to(0.0, self.copies)
        result = np.zeros(self.copies)
        of_good = (intensities * self.mwh_per_unit)[self.disclosed_of_taker]
        result[self.taker_copies] = self.emission_price_usd_per_kg * of_good
        return result

    def stiffness(self, surcharge: FloatArray) -> FloatArray:
        """How fast the surcharge rises with the volume [$/MWh per MWh] where it has a given height.

        Parameters
        ----------
        surcharge : array of shape (disclosed,)
            In $ per unit. What is never reached does not rise.
        """
        takers = np.maximum(np.bincount(self.disclosed_of_taker, minlength=len(self.goods)), 1)
        price = np.bincount(self.disclosed_of_taker, self.emission_price_usd_per_kg, len(self.goods)) / takers
        highest = price * self.mix_kg_per_mwh
        # kappa e V / q^2 at the volume q at which kappa E(q) is the surcharge.
        room = np.maximum(highest - surcharge / self.mwh_per_unit, 0.0)
        bends = (highest > 0) & (self.curtailed_mwh > 0)
        return np.asarray(np.divide(room**2, highest * self.curtailed_mwh, out=np.zeros_like(room), where=bends))

    def settled_intensities(self, supply: FloatArray, yielding: FloatArray) -> FloatArray:
        """Intensities at which a supply that yields to them comes to rest, shape (disclosed,).

        Solves ``q + w E(q) = c`` for the volume q, a quadratic equation with one solution, since E never
        falls in q. Announcing E of the last volume instead hardly ever settles: where
        emissions weigh much, a MWh more raises the surcharge by more than it takes to end the lease.

        Parameters
        ----------
        supply : array of shape (disclosed,)
            Volume c without surcharges [units].
        yielding : array of shape (takers,)
            Units by which the volume falls for each $ per unit that this taker's good costs it more.
        """
        c = supply * self.mwh_per_unit
        per_intensity = np.bincount(self.disclosed_of_taker, yielding * self.emission_price_usd_per_kg, len(self.goods))
        w = per_intensity * self.mwh_per_unit**2
        drop = c - w * self.mix_kg_per_mwh
        root = np.sqrt(drop**2 + 4 * w * self.mix_kg_per_mwh * self.curtailed_mwh)
        volume = np.where(c > self.curtailed_mwh, np.maximum((drop + root) / 2, 0.0), c)
        settled = np.divide(c - volume, w, out=np.zeros_like(c), where=(w > 0) & (c > self.curtailed_mwh))
        return np.clip(settled, 0.0, self.mix_kg_per_mwh)


def disclosed_goods(
    disclosures: Mapping[Good, Disclosure],
    names: Sequence[str],
    goods_of_agents: Sequence[Sequence[Good]],
    good_index: Mapping[Good, int],
) -> DisclosedGoods:
    """Disclosures as arrays.

    Parameters
    ----------
    disclosures : mapping of Good to Disclosure
    names : sequence of str
        Those of all agents.
    goods_of_agents : sequence of sequence of Good
        The goods of every agent, in the order of its trades.
    good_index : mapping of Good to int
        Position of every good in the market's goods.

    Raises
    ------
    AgentError
        If a disclosed good is not traded, or its supplier is no agent that trades it.
    """
    copies = ((name, good) for name, goods in zip(names, goods_of_agents, strict=True) for good in goods)
    copy_of = {(name, good): copy for copy, (name, good) in enumerate(copies) if good in disclosures}
    disclosed = list(disclosures)
    for good in disclosed:
        if (good.seller, good) not in copy_of:
            raise AgentError(f"{good} is disclosed, but {good.seller} does not trade it")
    takers = [
        (copy_of[name, good], position, price)
        for position, good in enumerate(disclosed)
        for name, price in disclosures[good].emission_price_usd_per_kg.items()
        if (name, good) in copy_of
    ]
    inputs = [
        (good_index[other], position)
        for position, good in enumerate(disclosed)
        for other in goods_of_agents[names.index(good.seller)]
        if other.period == good.period and other != good
    ]
    taker_copies, disclosed_of_taker, prices = zip(*takers, strict=True) if takers else ((), (), ())
    input_goods, disclosed_of_input = zip(*inputs, strict=True) if inputs else ((), ())
    return DisclosedGoods(
        copies=sum(len(goods) for goods in goods_of_agents),
        goods=np.array([good_index[good] for good in disclosed], dtype=np.int64),
        supply_copy=np.array([copy_of[good.seller, good] for good in disclosed], dtype=np.int64),
        mwh_per_unit=np.array([good.mwh_per_unit for good in disclosed], dtype=np.float64),
        mix_kg_per_mwh=np.array([disclosures[good].mix_kg_per_mwh for good in disclosed], dtype=np.float64),
        curtailed_mwh=np.array([disclosures[good].curtailed_mwh for good in disclosed], dtype=np.float64),
        taker_copies=np.array(taker_copies, dtype=np.int64),
        disclosed_of_taker=np.array(disclosed_of_taker, dtype=np.int64),
        emission_price_usd_per_kg=np.array(prices, dtype=np.float64),
        input_goods=np.array(input_goods, dtype=np.int64),
        disclosed_of_input=np.array(disclosed_of_input, dtype=np.int64),
    )
