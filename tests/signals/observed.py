"""Run the command line as a user would, and tell the one who sends signals how far it has come.

The first line says that the process is there; then every round, every run of a sweep and every row of the benchmark
leaves a byte. The case study has a few markets only.
"""

import importlib.abc
import importlib.machinery
import os
import sys
from contextlib import contextmanager

READY = int(os.environ["WALRAS_READY"])
_PROGRESS = "walras.experiments.cli.progress"
_PAPER = "walras.experiments.cli.paper"


def leaving_a_byte(told):
    def tell(*what):
        os.write(READY, b".")
        told(*what)

    return tell


def watched(line):
    """A progress line whose function leaves a byte each time it is called."""

    @contextmanager
    def watching(*given, **named):
        with line(*given, **named) as told:
            yield leaving_a_byte(told)

    return watching


def few(module):
    from walras.experiments.paper.chains import Chain

    kinds = [("ex_post", 0.0), ("ex_ante", 0.0), ("ex_ante", 0.6)]
    module.chains = lambda: [Chain("rts96", scheme, "generator", share, (0.1, 0.9)) for scheme, share in kinds]


def watch(module):
    module.bench_progress = watched(module.bench_progress)
    module.RunProgress.on_round = leaving_a_byte(module.RunProgress.on_round)


class Changing(importlib.abc.MetaPathFinder):
    """Changes modules as they are imported: nothing is imported before the command line does so."""

    changes = {_PROGRESS: watch, _PAPER: few}  # noqa: RUF012

    def find_spec(self, name, path, target=None):
        change = self.changes.get(name)
        spec = importlib.machinery.PathFinder.find_spec(name, path) if change else None
        if spec is not None:
            execute = spec.loader.exec_module

            def changed(module):
                execute(module)
                change(module)

            spec.loader.exec_module = changed
        return spec


if __name__ == "__main__":
    os.write(READY, b"0")
    sys.meta_path.insert(0, Changing())
    from walras.experiments.cli import main

    main()
