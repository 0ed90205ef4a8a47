"""Odd texts that stand where a value is expected."""

import re
from pathlib import Path
from random import Random

# By heading; a stroke stands for a blank.
_SECTIONS = re.split(r"^\[(\w+)\]$", (Path(__file__).parent / "odd_texts.txt").read_text(), flags=re.MULTILINE)
TEXTS = {name: words.split() for name, words in zip(_SECTIONS[1::2], _SECTIONS[2::2], strict=True)}
NUMBERS = TEXTS["numbers"]


def odd(random: Random) -> str:
    """Any odd text on one line; half of them are numbers that may well fit."""
    if random.random() < 0.5:
        return mild(random)
    kind = random.randrange(9)
    if kind < 3:
        return random.choice(NUMBERS)
    if kind == 3:
        return random.choice(TEXTS["words"])
    if kind == 4:
        return random.choice(TEXTS["tagged"]).replace("|", " ")
    if kind == 5:
        return random.choice(TEXTS["quoted"]).replace("|", " ")
    if kind == 6:
        return random.choice(TEXTS["nested"])
    return random.choice([long_number, random_number, deep, long_word, random_word])(random)


def mild(random: Random) -> str:
    kind = random.randrange(6)
    if kind == 0:
        return str(random.randrange(1, 4))
    if kind == 1:
        return f"-{random.random():.3f}"
    if kind == 2:
        return f"[{random.random():.3f}]"
    return f"{10 ** random.uniform(-3, 1.5):.{random.randrange(1, 17)}g}"


def long_number(random: Random) -> str:
    return random.choice(["", "-", "0.", "1e"]) + "9" * random.choice([15, 20, 38, 41, 309, 400, 4300, 5000])


def random_number(random: Random) -> str:
    return repr(random.choice([-1, 1, 1, 1]) * 10 ** random.uniform(-12, 12))


def deep(random: Random) -> str:
    levels = random.choice([3, 19, 22, 100, 2000])
    opening, closing = random.choice([("[", "]"), ('{"a":', "}")])
    return opening * levels + "1" + closing * random.choice([levels, levels, levels - 1, 0])


def long_word(random: Random) -> str:
    return random.choice(["a", "é", "'", "a b "]) * random.choice([50, 100, 101, 1000, 20000])


def random_word(random: Random) -> str:
    alphabet = "abcXYZ019 _-.:,[]{}#&*!|>'\"%@`\t\u00e9\u2028\u202e\x1b\x7f\x85\xa0\u200b\ufeff\U0001f600"
    return "".join(random.choice(alphabet) for _ in range(random.randrange(1, 12)))
