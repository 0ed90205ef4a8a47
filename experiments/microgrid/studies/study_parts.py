"""The parts of a study, each computed at once and kept by itself: a kind and a seed, a size or a setting of carbon."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from importlib.metadata import version

from ...archive.digest import digest
from ..instance import Instance
from ..joint_plan import Effort
from .claim_runs import SETTINGS, ClaimRun, claim_run
from .study_kinds import SIZES, StudyKind
from .study_runs import StudyPoint, scale_point, variation_points

CLAIMS = "claims"

Found = Sequence[StudyPoint] | Sequence[ClaimRun]


@dataclass(frozen=True, eq=False)
class StudyPart:
    """What one process computes of a study.

    Parameters
    ----------
    what : str
        Kind, and size or setting where these are apart.
    seed : int, or None
        None for an instance that is not generated.
    instance : Instance
    effort : Effort
    find : callable
        Takes instance, seed and effort; can be pickled.
    """

    what: str
    seed: int | None
    instance: Instance
    effort: Effort
    find: Callable[[Instance, int | None, Effort], Found]

    @property
    def told(self) -> str:
        """What messages call it."""
        return self.what if self.seed is None else f"{self.what}, seed {self.seed}"

    @cached_property
    def key(self) -> str:
        """Names the part's result; another instance, effort or version of walras has another key."""
        document = {
            "walras": version("walras"),
            "what": self.what,
            "seed": self.seed,
            "gap": self.effort.gap,
            "seconds": self.effort.seconds,
            "instance": self.instance.model_dump(mode="json"),
        }
        return digest(json.dumps(document, sort_keys=True).encode())

    def compute(self) -> Found:
        """Compute it."""
        return self.find(self.instance, self.seed, self.effort)


def study_parts(
    kinds: Sequence[str],
    instances: Mapping[int | None, Instance],
    effort: Effort,
    of_size: Callable[[list[str], int], Instance],
) -> list[StudyPart]:
    """All parts of a study, the longest first, so that no worker is left alone with one in the end.

    Parameters
    ----------
    kinds : sequence of str
        Kinds of `StudyKind`, and `CLAIMS`.
    instances : mapping of seed to Instance
    effort : Effort
    of_size : callable
        The instance of overrides and a seed, for the study of scale.
    """
    parts: list[StudyPart] = []
    if CLAIMS in kinds:
        # Seed by seed: what ends first is of all settings.
        parts += [
            StudyPart(f"{CLAIMS}, {setting}", seed, instance, effort, partial(claim_run, setting))
            for seed, instance in instances.items()
            for setting in SETTINGS
        ]
    if StudyKind.SCALE in kinds:
        parts += [
            StudyPart(
                f"{StudyKind.SCALE}, {size}", seed, of_size(size.overrides, seed), effort, partial(scale_point, size)
            )
            for size in reversed(SIZES)
            for seed in (seed or 0 for seed in instances)
        ]
    varied = [kind for kind in StudyKind if kind in kinds and kind is not StudyKind.SCALE]
    parts += [
        StudyPart(str(kind), seed, instance, effort, partial(variation_points, kind))
        for seed, instance in instances.items()
        for kind in varied
    ]
    return parts
