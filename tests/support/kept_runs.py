"""Runs that are broken off and go on, in memory: what is kept passes through JSON as a checkpoint does."""

import json
from dataclasses import replace

from support.bits import bits

from walras.coordinator import MaxRounds, run
from walras.coordinator.checkpoints.decoding import Decoder
from walras.coordinator.checkpoints.encoding import Encoder
from walras.coordinator.checkpoints.vocabulary import classes_of


class InMemory:
    """Keeps where a run stands after some round, and goes on from what another one has kept."""

    def __init__(self, after=None, kept=None):
        self.after, self.kept = after, kept

    def opened(self, standing):
        self.classes, self.market = classes_of(standing, "the state"), standing.history.market
        return standing if self.kept is None else self.restored()

    def after_round(self, standing):
        if standing.rounds == self.after:
            self.standing = standing
            encoder = Encoder(self.classes, "array_")
            tree = encoder.tree(standing, "the state")
            self.kept = json.dumps(tree, allow_nan=False), {name: a.copy() for name, a in encoder.arrays.items()}

    def restored(self):
        text, arrays = self.kept
        return Decoder(self.classes, arrays, self.market).value(json.loads(text))


def told_alike(outcome):
    """All of a run, bit for bit, but for the seconds that it took."""
    records = [replace(record, seconds=0.0) for record in outcome.records]
    best = replace(outcome.best, seconds=0.0)
    alike = (outcome.reason, outcome.status, best, records, outcome.watched_prices, outcome.tail)
    return [bits(part) for part in alike]


def unbroken_and_resumed(market, mechanism, executor, after, rounds, **settings):
    """What a run tells, and what one tells that was broken off after some round and went on."""
    keeper = InMemory(after)
    unbroken = run(market, mechanism, executor, stop=MaxRounds(rounds), keeper=keeper, **settings)
    resumed = run(market, mechanism, executor, stop=MaxRounds(rounds), keeper=InMemory(kept=keeper.kept), **settings)
    return told_alike(unbroken), told_alike(resumed)
