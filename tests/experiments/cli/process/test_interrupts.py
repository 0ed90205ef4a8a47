"""An interrupt that something on the way catches is remembered, and only the first one is ours."""

import signal

import pytest

from walras.experiments.cli.interrupts import interrupts


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_first_interrupt_is_raised_and_remembered_and_handlers_come_back(number):
    before = signal.getsignal(number)
    with interrupts() as is_interrupted:
        assert not is_interrupted()
        assert signal.getsignal(number) != before
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(number)
        assert is_interrupted()
        assert signal.getsignal(number) == before


def test_without_interrupt_handlers_come_back_too():
    before = signal.getsignal(signal.SIGINT)
    with interrupts() as is_interrupted:
        pass
    assert not is_interrupted()
    assert signal.getsignal(signal.SIGINT) == before
