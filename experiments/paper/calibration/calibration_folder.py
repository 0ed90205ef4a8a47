"""A calibration as a document, and the folder that keeps it."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import yaml

from ...archive.new_folder import Claim
from ...pages.html import html_page
from ...scenario.reading import load_scenario
from ..identities.identities import identities
from .calibration_report import TITLE, calibration_report
from .inverse_problem import Calibration


def calibration_document(calibration: Calibration) -> dict[str, Any]:
    """As nested dictionaries for JSON."""
    aims = calibration.targets.targets
    values = {name: calibration.targets.values(getattr(calibration, name).states) for name in ("fit", "held_out")}
    return {
        "seed": calibration.seed,
        "identities": [asdict(identity) for identity in identities()],
        "numbers": calibration.numbers,
        "ranges": {name: list(ends) for name, ends in calibration.ranges.items()},
        "overrides": list(calibration.overrides),
        "targets": [
            {**asdict(aim), "fit": float(fit), "held_out": float(held_out)}
            for aim, fit, held_out in zip(aims, values["fit"], values["held_out"], strict=True)
        ],
        "rivals": {name: fit.loss for name, fit in calibration.rivals.items()},
        "price_without_load_usd_per_mwh": {str(bus): list(ends) for bus, ends in calibration.unloaded.items()},
        "clean_supply": [{**asdict(clean), "system_miss": clean.system_miss} for clean in calibration.clean],
        "cells": {
            name: {
                "near": met.near,
                "possible_near": met.possible_near,
                "inside": met.inside,
                "cells": met.table.to_dict("records"),
            }
            for name, met in (
                ("published", calibration.before),
                ("predicted", calibration.predicted),
                ("fit", calibration.after),
            )
        },
    }


def write_calibration(calibration: Calibration, claim: Claim) -> None:
    """Write ``calibration.md``, ``calibration.html``, ``calibration.json`` and the scenario that was found.

    Raises
    ------
    OSError
        If the folder cannot be written.
    """
    text = calibration_report(calibration)
    scenario = load_scenario("rts24", [*calibration.overrides, "name=rts24_calibrated"])
    with claim.filling() as folder:
        (folder / "calibration.md").write_text(text, encoding="utf-8")
        (folder / "calibration.html").write_text(html_page(text, {}, TITLE), encoding="utf-8")
        document = json.dumps(calibration_document(calibration), indent=1, allow_nan=False)
        (folder / "calibration.json").write_text(document, encoding="utf-8")
        kept = yaml.safe_dump(scenario.model_dump(exclude_defaults=True), sort_keys=False)
        (folder / "scenario.yaml").write_text(kept, encoding="utf-8")
