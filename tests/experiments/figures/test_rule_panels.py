"""The figure of price rules: bars for those who lose, and means of prices."""

import pytest
from microgrids.one_site import job, one_site

from walras.experiments.figures.microgrid.rule_panels import mean_inference_prices, rule_figure
from walras.experiments.microgrid.joint_plan import Effort
from walras.experiments.microgrid.price_rules.compared_rules import compare_rules
from walras.experiments.microgrid.price_rules.priced_rule import Rule


@pytest.fixture(scope="module")
def crowded():
    # Requests of the only slot with demand are cut for a job that takes their room.
    return compare_rules(
        one_site([0.0, 0.0], jobs={"j": job(6.0, 1, 0, 0, 1000.0)}, demand_mw=[5.0, 0.0]), Effort(gap=0.0)
    )


def test_bars_are_what_is_lost_by_those_who_lose(crowded):
    bars, lines = rule_figure(crowded).axes
    lost = [rule.lost for rule in (crowded.rules[Rule.MARGINAL], crowded.rules[Rule.CONVEX_HULL])]
    drawn = [sum(bar.get_width() for bar in container) for container in bars.containers]
    assert drawn == pytest.approx([one.total_usd for one in lost], abs=1e-4)
    assert len(lines.lines) == 2


def test_means_are_weighed_by_demand(crowded):
    rule = crowded.rules[Rule.CONVEX_HULL]
    first, second = mean_inference_prices(crowded, rule)
    assert first == pytest.approx(rule.lost.prices[0])
    assert second != second
