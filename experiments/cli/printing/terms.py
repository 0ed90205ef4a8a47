"""The terms that tables, documents, diagnoses and options use, in plain words."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from importlib.resources import files

import yaml

_NEAR = 5
# In labels of rows a name of the market follows.
_BEFORE_NAMES = (" of", " at bus", " on line")


@dataclass(frozen=True)
class Term:
    """A term.

    Parameters
    ----------
    subject : str
    names : tuple of str
        The first is the one to show.
    says : str
    """

    subject: str
    names: tuple[str, ...]
    says: str


def all_terms() -> list[Term]:
    """All terms, by subject."""
    text = files(__package__).joinpath("terms.yaml").read_text(encoding="utf-8")
    return [
        Term(subject, tuple(map(str, entry["names"])), entry["says"])
        for subject, entries in yaml.safe_load(text).items()
        for entry in entries
    ]


def term_of(name: str) -> Term | None:
    """The term of a name, of a key with its path, or of a row's label.

    Parameters
    ----------
    name : str
        As "MLCP residual", "certificate.relative_gap", or "nodal price at bus 24, hour 1".
    """
    known = {_plain(alias): term for term in all_terms() for alias in term.names}
    asked = _plain(name)
    label = next((start for start in known if start.endswith(_BEFORE_NAMES) and asked.startswith(f"{start} ")), None)
    for candidate in (asked, asked.rpartition(".")[2], label):
        if candidate in known:
            return known[candidate]
    return None


def near_names(name: str) -> list[str]:
    """Terms with names that are spelt alike, or have the word in them."""
    known = {_plain(alias): term.names[0] for term in all_terms() for alias in term.names}
    asked = _plain(name)
    inside = [plain for plain in known if asked and asked in plain]
    near = [*get_close_matches(asked, known, _NEAR, 0.6), *inside]
    return list(dict.fromkeys(known[plain] for plain in near))[:_NEAR]


def _plain(name: str) -> str:
    """Without capitals, underscores and the dashes of options."""
    return " ".join(name.casefold().replace("_", " ").split()).lstrip("-")
