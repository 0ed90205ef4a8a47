"""Scaling on Ray for a reader at the terminal: what was measured, the model's error, and more workers on paper."""

from __future__ import annotations

from typing import Any

from rich.console import Console

from .columns import Column, print_columns, terminal

_PER = (
    ("message_seconds_per_round", "us a round", 1e6),
    ("message_seconds_per_worker", "us a worker", 1e6),
    ("message_seconds_per_byte", "ns a byte", 1e9),
    ("step_seconds_per_copy", "ns a copy, step", 1e9),
    ("here_seconds_per_agent", "us an agent, here", 1e6),
    ("here_seconds_per_copy", "ns a copy, here", 1e9),
    ("worker_seconds_per_agent", "us an agent, worker", 1e6),
    ("worker_seconds_per_copy", "ns a copy, worker", 1e9),
)


def print_scaling(document: dict[str, Any]) -> None:
    """Print a document of `scaling_document`."""
    console = terminal()
    begin, end = document["load_average"][0], document["load_average"][-1]
    console.print(
        f"ADMM's rounds by Ray, {document['cores']} cores, load average {begin:.1f} before and {end:.1f} after"
    )
    _print_rounds(console, document["rounds"])
    for sentence in _strong_and_weak(document["rounds"]):
        console.print(sentence)
    for family in dict.fromkeys(row["family"] for row in document["on_paper"]):
        console.print()
        _print_on_paper(console, [row for row in document["on_paper"] if row["family"] == family])
    if document["models"]:
        console.print()
        _print_models(console, document["models"])
        console.print("assumed on paper: " + "; ".join(document["assumptions"]))
    for sentence in document["skipped"]:
        console.print(sentence)


def _print_rounds(console: Console, rounds: list[dict[str, Any]]) -> None:
    labels = [
        Column("agents", [row["family"] for row in rounds], "left"),
        Column("contracts", [f"{row['contracts']:,}" for row in rounds]),
        Column("by", [_by(row) for row in rounds], "left"),
    ]
    columns = {
        "ms": [f"{row['milliseconds']:.1f}" for row in rounds],
        "model ms": [_number(row["predicted_milliseconds"], ".1f") for row in rounds],
        "error": [_number(row["error"], "+.0%") for row in rounds],
        "held out": [_yes(row["is_held_out"]) for row in rounds],
        "cpu ms a worker": [
            _number(max((1e3 * cpu for cpu in row["worker_cpu_seconds"]), default=None), ".1f") for row in rounds
        ],
        "kB": [f"{row['sent_bytes'] / 1e3:,.0f}" for row in rounds],
        "set-up": [f"{row['set_up_seconds']:.1f}" for row in rounds],
        "MiB a worker": [_number(max(row["peak_mib"], default=None), ".0f") for row in rounds],
    }
    print_columns(console, labels, [Column(*column) for column in columns.items()])


def _strong_and_weak(rounds: list[dict[str, Any]]) -> list[str]:
    """What more workers make of the same market, and of one that grows with them."""
    ms = {
        (row["family"], row["contracts"], row["workers"]): row["milliseconds"] for row in rounds if row["machines"] == 1
    }
    sentences = []
    for (family, contracts, workers), milliseconds in ms.items():
        if workers < 2:
            continue
        one = ms.get((family, contracts, 1))
        here = ms.get((family, contracts, 0))
        if one is None or here is None:
            continue
        told = (
            f"{family}, {contracts:,} contracts: {workers} workers are {one / milliseconds:.2f} times as fast as one, "
            f"and {here / milliseconds:.2f} times as this process"
        )
        least = [own for other, own, by in ms if other == family and by == 1 and _is_share(own, contracts, workers)]
        if least:
            told += f"; one worker with {least[0]:,} contracts takes {ms[family, least[0], 1] / milliseconds:.0%} of it"
        sentences.append(told)
    return sentences


def _is_share(own: int, contracts: int, workers: int) -> bool:
    return abs(own * workers - contracts) <= 0.05 * contracts


def _print_on_paper(console: Console, rows: list[dict[str, Any]]) -> None:
    console.print(f"on paper: {rows[0]['family']}, {rows[0]['contracts']:,} contracts")
    label = Column("by", [_by(row) for row in rows], "left")
    columns = {
        "ms": [f"{1e3 * row['seconds']:.1f}" for row in rows],
        "x one worker": [f"{row['times_one_worker']:.2f}" for row in rows],
        "x here": [f"{row['times_here']:.2f}" for row in rows],
        "pays from": [
            "not by 10 times as many"
            if row["pays_from_contracts"] is None
            else f"{row['pays_from_contracts']:,} contracts"
            for row in rows
        ],
    }
    print_columns(console, [label], [Column(*column) for column in columns.items()])


def _print_models(console: Console, models: list[dict[str, Any]]) -> None:
    label = Column("model", [f"{model['family']}, {_on(model['machines'])}" for model in models], "left")
    columns = [Column(heading, [f"{factor * model[key]:.3g}" for model in models]) for key, heading, factor in _PER]
    print_columns(console, [label], columns)


def _by(row: dict[str, Any]) -> str:
    workers = row["workers"]
    if not workers:
        return "this process"
    return f"{workers} worker{'s' if workers > 1 else ''}, {_on(row['machines'])}"


def _on(machines: int) -> str:
    return "one raylet" if machines == 1 else "raylets of their own"


def _number(value: float | None, form: str) -> str:
    return "-" if value is None else format(value, form)


def _yes(value: bool | None) -> str:
    return "-" if value is None else "yes" if value else "no"
