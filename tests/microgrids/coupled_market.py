"""A market on paper in which one site stands.

One unit with marginal cost 10 + 0.1 q feeds two buses over a line without limit; consumers of 50 and 20 MW are elastic
by -0.2 around the baseline price of 10 + 0.1 * 70 = 17 $/MWh. Together they demand d = 70 (102 - p) / 85 MW, so that
with a site that draws L the price is where p = 10 + 0.1 (d + L):

* p = 17 + 8.5 / 92 L, and the unit's output rises by 85 / 92 MW for each MW of the site; it emits 0.9 t/MWh.
"""

import json
from dataclasses import replace

from support.small_grid import small_document, write_case

from walras.experiments.microgrid.coupling.day_market import read_day_market, stated
from walras.experiments.microgrid.coupling.grid_signals import Standing
from walras.experiments.microgrid.coupling.site_places import site_places

PRICE, BY_MW, MARGINAL_T = 17.0, 8.5 / 92, 0.9 * 85 / 92


def demand_mw(price, load_mw=70.0):
    """What consumers of so much load take at a price."""
    return load_mw * (102 - price) / 85


def write_market(folder, hours, profile=None, **changes):
    """The file of the scenario, in JSON, which is YAML too."""
    document = small_document(write_case(folder / "case", **changes), periods=hours, load_profile=profile)
    path = folder / "market.yaml"
    path.write_text(json.dumps(document))
    return path


def standing(folder, instance, at=("s=2",), ramp_mw_per_h=None, **changes):
    """The one site of an instance on that market."""
    found = read_day_market(write_market(folder, instance.slots, **changes), [], instance)
    units = tuple(replace(unit, ramp_mw_per_h=ramp_mw_per_h) for unit in found.case.unit_groups)
    found = replace(found, case=replace(found.case, unit_groups=units))
    return Standing(stated(found), site_places(instance, found.case, at))
