"""Odd texts that stand where a value is expected."""

from random import Random

NUMBERS = [
    "0",
    "-0",
    "-0.0",
    "1",
    "-1",
    "2",
    "3",
    "7",
    "24",
    "+1",
    "012",
    "0x1F",
    "0o17",
    "0b1",
    "1_000",
    "1:30",
    "1:30:00",
    ".5",
    "5.",
    "1e-6",
    "1E+6",
    "1e-320",
    "1e-400",
    "1e308",
    "1e400",
    "-1e308",
    "1e999999",
    ".inf",
    "-.inf",
    ".Inf",
    ".nan",
    ".NaN",
    "NaN",
    "Infinity",
    "inf",
    "nan",
    "1e",
    "1.2.3",
    "--1",
    "1e-9",
    "9e-10",
    "1e-12",
    "1e12",
    "1e13",
    "1e15",
    "4.9e-324",
    "10000000000",
    "9007199254740993",
    "18446744073709551616",
    "0.1",
    "0.5",
    "0.30000000000000004",
    "1e5",
    "1000000",
    "8785",
    "1,5",
    "1d5",
    "١",
    "²",
]
WORDS = [
    "true",
    "false",
    "yes",
    "no",
    "on",
    "off",
    "null",
    "~",
    "NULL",
    "Null",
    "2026-01-01",
    "2026-13-45",
    "2026-02-30T25:00:00Z",
    "2026-01-01T00:00:00Z",
    "12:60",
    "rts24",
    "small",
    "h",
    "m",
    "chat",
    "code",
    "admm",
    "slope-bids",
    "ex_ante",
    "ex_post",
    "least_norm",
    "x",
    "..",
    ".",
    "/",
    "\\",
    "=",
    "%",
    "@",
    "`",
    "é",
    "ß",
    "中",
    "name",
]
TAGGED = [
    "!!int|''",
    "!!int|x",
    "!!int|5",
    "!!int|1:30",
    "!!float|''",
    "!!float|x",
    "!!float|1e400",
    "!!bool|''",
    "!!bool|maybe",
    "!!bool|yes",
    "!!null|x",
    "!!null|''",
    "!!str|5",
    "!!str|''",
    "!!timestamp|2026-13-45",
    "!!timestamp|x",
    "!!binary|aGk=",
    "!!binary|$",
    "!!set|{a}",
    "!!omap|[a]",
    "!!pairs|[a]",
    "!!seq|3",
    "!!map|[1]",
    "!!map|3",
    "!!seq|{}",
    "!!python/name:os.system|''",
    "!!python/tuple|[1]",
    "!x|3",
    "!|5",
    "!!merge|x",
    "!!python/object/apply:os.getcwd|[]",
]
QUOTED = [
    '""', "''", '" "', '"a b"', '" chat"', '"chat "', '"\\ud800"', '"\\udcff"', '"\\e[31mred\\e[0m"', '"\\a"', '"\\0"',
    '"\\x9b31m"', '"a\\tb"', '"a\\nb"', '"\\u202eabc"', '"\\u200b"', '"\\_"', '"\\ufeff"', '"5"', "'1e-6'", '"\\U0001F600"',
    "'it''s'", '"%s %d {0}"', "'[bold]x[/bold]'", "'a.b'", "'a=b'", "'a -> b'", "'grid operator'", "'load@1'", "'$x$'",
    "'_a'", "'</script>'",
]  # fmt: skip
NESTED = ["[]", "{}", "[[]]", "[1]", "[1,2]", "[1,[2]]", "[null]", "[true]", "['a']", "[chat,chat]", "{a:1}", "{a:}", '{"a":1}', '{"a":{"b":{"c":{}}}}', "[{}]", '[{"name":"h"}]', '{"chat":1,"code":{}}', "[1e308]", "[.nan]", "[-1]", "[.inf]", '{"chat":[1,2]}', "{1:2}", "{null:1}", "{true:1}", "{[1]:2}", '{"":1}', '{"a":1,"a":2}', "{?:1}", "&a", "*a", "[*a]", '{<<:{"a":1}}', '{"<<":1}', "[,]", "{,}", "[", "{", "]", "}", "|-", ">", "?", "-", ":", "#", ","]  # fmt: skip


def odd(random: Random) -> str:
    """Any odd text on one line; half of them are numbers that may well fit."""
    if random.random() < 0.5:
        return mild(random)
    kind = random.randrange(9)
    if kind < 3:
        return random.choice(NUMBERS)
    if kind == 3:
        return random.choice(WORDS)
    if kind == 4:
        return random.choice(TAGGED).replace("|", " ")
    if kind == 5:
        return random.choice(QUOTED)
    if kind == 6:
        return random.choice(NESTED)
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
