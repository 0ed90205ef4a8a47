"""Goods are named, sorted and told apart by what they are."""

from walras.agents import Family, contract, lease, wheeling


def test_equal_goods_are_one_good():
    assert contract("plant", "town", 0) == contract("plant", "town", 0)
    assert len({contract("plant", "town", 0), contract("plant", "town", 0), contract("plant", "town", 1)}) == 2


def test_seller_buyer_hour_and_family_tell_goods_apart():
    goods = {contract("a", "b", 0), contract("b", "a", 0), contract("a", "b", 1), lease("a", 0, 0.5), wheeling(1, 0)}
    assert len(goods) == 5


def test_goods_can_be_sorted_across_families():
    goods = [wheeling(2, 0), lease("mdc", 0, 0.5), contract("b", "c", 0), contract("a", "c", 1), contract("a", "c", 0)]
    assert sorted(goods) == [goods[4], goods[3], goods[2], goods[1], goods[0]]


def test_a_lease_counts_gpus_and_knows_their_energy():
    good = lease("mdc", 2, 0.0005)
    assert (good.family, good.unit, good.mwh_per_unit) == (Family.LEASE, "GPU", 0.0005)


def test_contracts_and_wheeling_count_mwh():
    assert {(good.unit, good.mwh_per_unit) for good in (contract("a", "b", 0), wheeling(3, 0))} == {("MWh", 1.0)}


def test_a_good_reads_like_a_line_of_a_table_with_hours_from_one():
    assert str(contract("plant", "town", 0)) == "contract plant -> town, hour 1"
    assert str(lease("mdc", 4, 0.5)) == "lease of mdc, hour 5"
    assert str(wheeling(7, 0)) == "wheeling to bus 7, hour 1"
