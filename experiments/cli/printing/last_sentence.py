"""What came out, in one plain sentence."""

from __future__ import annotations

from typing import Any

from .ranges import has_ranges, is_visible

# Relative differences up to this are no news to anybody.
_AGREEMENT = 1e-3
_COMPARED = {
    "price_usd_per_mwh": ("nodal prices", "at bus {}", "$/MWh"),
    "demand_mwh": ("demand", "at bus {}", "MWh"),
    "generation_mwh": ("generation", "of {}", "MWh"),
}


def last_sentence(document: dict[str, Any]) -> str:
    """Whether there is an equilibrium, whether the monolith agrees, and what to do next where something is missing.

    Parameters
    ----------
    document : dict
        Of a run, as JSON has it.
    """
    monolith = _monolith(document)
    if document["status"] != "converged":
        return f"Not converged, so the figures above are no equilibrium: {_next_step(document)}{monolith}."
    certificate = document["certificate"]
    keys = ("relative_gap", "max_relative_imbalance", "max_relative_violation")
    worst = max(certificate.get(key) or 0.0 for key in keys)
    if document.get("equilibrium"):
        return _agreement(document)
    beside = monolith or "; walras compare solves the monolith too"
    return f"Converged: certified as an equilibrium to {worst:.1e}{beside}."


def _next_step(document: dict[str, Any]) -> str:
    reason = document["reason"]
    if "interrupted" in reason:
        return "the run was interrupted; the same command begins anew"
    if "rounds are spent" in reason:
        return f"try more rounds (--max-rounds {2 * document['rounds']}), {_other(document)} or a larger --tolerance"
    return f"{reason}; try {_other(document)} or a larger --tolerance"


def _other(document: dict[str, Any]) -> str:
    """Another mechanism: slope bids need the fewest rounds, but no mixes that are disclosed before."""
    is_ex_ante = document.get("disclosure", {}).get("scheme") == "ex_ante"
    name = "admm-anderson" if is_ex_ante or document["mechanism"] == "slope-bids" else "slope-bids"
    return "another mechanism" if document["mechanism"] == name else f"--mechanism {name}"


def _monolith(document: dict[str, Any]) -> str:
    if "monolith_failure" in document:
        return f"; there is no monolith beside it: {document['monolith_failure'].rstrip('.')}"
    return "; the monolith's are one" if document.get("equilibrium") else ""


def _agreement(document: dict[str, Any]) -> str:
    ours, theirs, difference = document["result"], document["equilibrium"]["result"], document["difference"]
    shares = {"welfare_relative": difference["welfare_relative"]}
    for key in _COMPARED:
        largest = max((abs(value or 0.0) for hours in theirs[key].values() for value in hours), default=0.0)
        shares[key] = None if difference[key] is None else difference[key] / max(largest, 1.0)
    if None in shares.values():
        return "Decomposed and monolith cannot be compared: a difference between them is not finite."
    key = max(shares, key=lambda name: shares[name])
    if key == "welfare_relative":
        most = f"in welfare, by {shares[key]:.1e} of turnover"
    else:
        figure, place, unit = _COMPARED[key]
        where = place.format(_where(ours[key], theirs[key], difference[key]))
        most = f"in {figure}, by {difference[key]:.1e} {unit} {where}"
    if shares[key] <= _AGREEMENT:
        agree = f"Decomposed and monolith agree to {max(shares[key], 1e-15):.0e}, relatively: they differ most {most}."
        ranges = document["equilibrium"].get("interval", {}).values()
        is_open = has_ranges(ours.get("intervals") or {}) or any(map(is_visible, ranges))
        return f"{agree} Figures with a range are not unique and may differ by more." if is_open else agree
    is_ranged = has_ranges({key: (ours.get("intervals") or {}).get(key, {})})
    why = "which is not unique (see the ranges)" if is_ranged else "a smaller --tolerance tells whether they meet"
    return f"Decomposed and monolith differ by {shares[key]:.0e}, relatively, most {most}; {why}."


def _where(ours: dict[str, list[float]], theirs: dict[str, list[float]], difference: float) -> str:
    """The name, and of several hours the hour, that has a difference; figures that are not compared have others."""
    hours = len(next(iter(ours.values())))
    places = ((name, hour) for name in ours for hour in range(hours))

    def off(place: tuple[str, int]) -> float:
        one, other = (side[place[0]][place[1]] for side in (ours, theirs))
        return abs(abs((one or 0.0) - (other or 0.0)) - difference)

    name, hour = min(places, key=off)
    return name if hours == 1 else f"{name} in hour {hour + 1}"
