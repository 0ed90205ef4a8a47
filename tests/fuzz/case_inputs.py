"""Grids as CSV and MATPOWER files that are odd in one place."""

import csv
import io
import re
from pathlib import Path
from random import Random

import yaml
from fuzz.judging import Input
from fuzz.odd import NUMBERS, odd
from fuzz.yaml_inputs import with_another_line, with_other_bytes
from support.matpower import CASE
from support.small_grid import small_document, write_case

from walras.network import Case, UnitGroup, read_case
from walras.network.matpower_text import take_apart

LINES = "a,1,2,0.1,\nb,1,2,0.2,100\n"
UNITS = "G,1,steam,coal,market,100,10,0.1,900\nH,2,river,hydro,fixed,5,0,0,0\n"
BRACKETS = ["", "[", "]", ";", "{", "'", "...", "%{\n", "%", ",", "mpc.bus = [", "(1:2)", "\x1b[31m", "# "]
LEAST_COLUMNS = {"bus": 13, "gen": 10, "branch": 11, "gencost": 5}


def csv_input(random: Random, folder: Path) -> Input:
    """A folder of CSV files with an odd cell, line, header or bytes."""
    case = folder / "odd_case"
    if not case.exists():
        write_case(case, lines=LINES, units=UNITS)
    sound = {name: (folder / "sound" / name) for name in ("buses.csv", "lines.csv", "unit_groups.csv")}
    if not (folder / "sound").exists():
        (folder / "sound").mkdir()
        for name, path in sound.items():
            path.write_bytes((case / name).read_bytes())
    for name, path in sound.items():
        (case / name).unlink(missing_ok=True)
        (case / name).write_bytes(path.read_bytes())
    name = random.choice(list(sound))
    text = changed_csv(random, sound[name].read_text())
    (case / name).write_bytes(text)
    source = folder / "on_csv.yaml"
    source.write_text(yaml.safe_dump(small_document(case)))
    return Input("csv", ["validate", str(source)], f"{name}: {text!r:.2000}", str(source), lambda _: lost_cells(case))


def changed_csv(random: Random, text: str) -> bytes:
    kind = random.randrange(10)
    if kind < 6:
        rows = [line.split(",") for line in text.splitlines()]
        row = random.choice(rows if random.random() < 0.1 else rows[1:])
        row[random.randrange(len(row))] = odd(random) if random.random() < 0.7 else random.choice(NUMBERS)
        return "\n".join(",".join(row) for row in rows).encode("utf-8", "surrogatepass") + b"\n"
    if kind < 7:
        return with_another_line(random, text).encode("utf-8", "surrogatepass")
    if kind < 8:
        return text.replace(",", random.choice([";", "\t", ",,", ", ", '","', ',"']), random.randrange(1, 4)).encode()
    return with_other_bytes(random, text.encode())


def lost_cells(case: Path) -> str | None:
    """A cell that is in no part of the case that was read."""
    read = read_case(case)
    texts = {name: (case / f"{name}.csv").read_text("utf-8-sig") for name in ("buses", "lines", "unit_groups")}
    rows = {name: [*csv.DictReader(io.StringIO(text, newline=""))] for name, text in texts.items()}
    held = {"buses": _buses(read), "lines": _lines(read), "unit_groups": [*map(_unit, read.unit_groups)]}
    for name, records in rows.items():
        if len(records) != len(held[name]):
            return f"{len(records)} rows of {name} became {len(held[name])}"
        for record, own in zip(records, held[name], strict=True):
            for key, cell in record.items():
                if key in ("x", "y"):
                    continue
                if key not in own or not holds(cell, own[key]):
                    return f"{name}: {key} {cell!r:.100} became {own.get(key)!r}"
    return None


def _buses(read: Case) -> list[dict[str, object]]:
    grid = read.grid
    return [{"bus": bus, "load_mw": read.load_mw.get(bus, 0.0), "is_hub": bus == grid.hub} for bus in grid.buses]


def _lines(read: Case) -> list[dict[str, object]]:
    grid = read.grid
    columns = {"line_id": grid.line_ids, "from_bus": grid.from_bus, "to_bus": grid.to_bus}
    columns |= {"reactance_pu": grid.reactance_pu.tolist(), "limit_mw": grid.limit_mw.tolist()}
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _unit(group: UnitGroup) -> dict[str, object]:
    return {
        "unit_group": group.name,
        "bus": group.bus,
        "unit_type": group.unit_type,
        "fuel": group.fuel,
        "dispatch": "fixed" if group.fixed else "market",
        "capacity_mw": group.capacity_mw,
        "marginal_cost_usd_per_mwh": group.cost_usd_per_mwh,
        "marginal_cost_slope_usd_per_mwh2": group.cost_slope_usd_per_mwh2,
        "ramp_mw_per_h": group.ramp_mw_per_h,
        **{f"{table}_kg_per_mwh": rate for table, rate in group.emission_rates_kg_per_mwh.items()},
    }


def holds(cell: str, value: object) -> bool:
    if isinstance(value, str):
        return cell == value
    if not cell.strip():
        return value in (None, 0.0, float("inf"))
    return float(cell) == value and "_" not in cell


def matpower_input(random: Random, folder: Path) -> Input:
    """A MATPOWER file with an odd number, line, mark or bytes."""
    kind = random.randrange(10)
    if kind < 6:
        spots = [found.span() for found in re.finditer(r"(?<=[ \[])[-\d.]+(?=[ ;])", CASE)]
        start, end = random.choice(spots)
        value = random.choice([random.choice(NUMBERS), "Inf", "-Inf", "NaN", odd(random)])
        text = (CASE[:start] + value + CASE[end:]).encode("utf-8", "surrogatepass")
    elif kind < 8:
        text = with_another_line(random, CASE).encode("utf-8", "surrogatepass")
    elif kind < 9:
        old = random.choice(["[", "]", ";", "{", "}", "'", "=", "mpc.", "%", "\n", "function"])
        new = random.choice(BRACKETS)
        spots = [found.start() for found in re.finditer(re.escape(old), CASE)]
        at = random.choice(spots)
        text = (CASE[:at] + new + CASE[at + len(old) :]).encode()
    else:
        text = with_other_bytes(random, CASE.encode())
    path, source = folder / "odd.m", folder / "on_matpower.yaml"
    path.write_bytes(text)
    source.write_text(yaml.safe_dump({"name": "small", "grid": {"source": str(path)}}))
    return Input("matpower", ["validate", str(source)], f"{text!r:.3000}", str(source), lambda _: lost_numbers(text))


def lost_numbers(text: bytes) -> str | None:
    """A matrix of which not all numbers were read."""
    plain = re.sub(r"\.\.\..*\n", " ", re.sub(r"[%#].*", "", text.decode("utf-8-sig")))
    read = take_apart(text.decode("utf-8-sig"))
    for name, least in LEAST_COLUMNS.items():
        found = re.findall(rf"mpc\.{name}\s*=\s*\[([^\]]*)\]", plain)
        numbers = [float(word) for word in re.split(r"[\s,;]+", found[0]) if word] if len(found) == 1 else []
        if read.matrix(name, least).ravel().tolist() != numbers:
            return f"mpc.{name} is not what is written"
    return None
