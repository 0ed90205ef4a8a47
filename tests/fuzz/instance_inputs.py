"""Instances of the second system whose text is odd in one place; what is taken must be all that is written."""

import json
from pathlib import Path
from random import Random

import yaml
from fuzz.judging import Input
from fuzz.yaml_inputs import changed, lost

from walras.experiments.microgrid.instance_document import instance_document
from walras.experiments.microgrid.instance_reading import read_instance

_GENERATOR = "generator: {sites: 2, jobs: 2, regions: 1, slots: 2, slot_hours: 0.5, seed: 3, battery_scale: 2.0}\n"
_BESIDE = "carbon_budget_t: 3.5\nclasses:\n  chat: {latency_ms: 20}\nsites:\n  site1: {import_mw: 4.5}\n"


def instance_input(random: Random, folder: Path) -> Input:
    """A whole instance in YAML or JSON, or one that is to be generated, with an odd value or key, or odd as a whole."""
    seed = folder / "seed.yaml"
    seed.write_text(_GENERATOR)
    whole = instance_document(read_instance(seed))
    suffix, text = random.choice(
        [
            ("yaml", _GENERATOR + _BESIDE),
            ("yaml", yaml.safe_dump(whole, sort_keys=False, default_flow_style=None)),
            ("json", json.dumps(whole)),
        ]
    )
    odd = changed(random, text)
    path = folder / f"instance.{suffix}"
    path.write_bytes(odd)
    arguments = ["microgrid", "instance", str(path), *random.choice([[], ["--json"]])]
    return Input("instance", arguments, repr(odd)[:2000], str(path), lambda _: lost_of_instance(odd, path))


def lost_of_instance(text: bytes, path: Path) -> str | None:
    """What an instance that was taken does not hold of its text; the generator's own numbers are not in it."""
    written = text.decode("utf-8-sig")
    # Blanks of JSON may be some that YAML refuses.
    tree = yaml.compose(json.dumps(json.loads(written)) if path.suffix == ".json" else written, Loader=yaml.BaseLoader)
    tree.value = [(key, value) for key, value in tree.value if key.value != "generator"]
    return lost(tree, read_instance(path).model_dump(), "", path.parent)
