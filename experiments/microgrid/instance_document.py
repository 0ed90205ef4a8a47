"""An instance in the keys of the file, which reads back to the same instance bit for bit."""

from __future__ import annotations

from typing import Any

from .instance import Instance


def instance_document(instance: Instance) -> dict[str, Any]:
    """Plain numbers, lists and dictionaries; a ramp and a site's own budget stand where there is one."""
    document = instance.model_dump(mode="json")
    for site in document["sites"].values():
        for section, key in ((site["dispatchable"], "ramp_mw_per_slot"), (site, "carbon_budget_t")):
            if section[key] is None:
                del section[key]
    return document
