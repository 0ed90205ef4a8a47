"""Signals are answered where something may be broken off, remembered elsewhere, and never lost."""

import signal
import subprocess
import sys
import time
from contextlib import suppress

import pytest

from walras.experiments.cli.process.interrupts import listening

BOTH = [signal.SIGINT, signal.SIGTERM]


@pytest.fixture(autouse=True)
def hearing():
    """Processes in the background may have been started deaf to Ctrl-C."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize("number", BOTH)
def test_as_long_as_there_is_nothing_to_lose_a_signal_breaks_off(number):
    before = signal.getsignal(number)
    with listening() as interrupts:
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(number)
        assert interrupts.exit_code == 128 + number
        signal.raise_signal(number)  # What is cleaned up is not broken off once more.
    assert signal.getsignal(number) == before


@pytest.mark.parametrize("number", BOTH)
def test_what_is_held_is_not_broken_off_and_the_first_signal_counts(number):
    (other,) = set(BOTH) - {number}
    with listening() as interrupts:
        interrupts.hold()
        signal.raise_signal(number)
        signal.raise_signal(other)
        assert interrupts.first == number


def test_a_round_is_made_before_it_ends_the_run():
    with listening() as interrupts:
        interrupts.after_round()
        signal.raise_signal(signal.SIGTERM)
        with pytest.raises(KeyboardInterrupt):
            interrupts.after_round()


def test_what_waits_for_an_answer_is_answered_once_before_anything_is_begun():
    with listening() as interrupts:
        interrupts.hold()
        signal.raise_signal(signal.SIGTERM)
        with pytest.raises(KeyboardInterrupt), interrupts.breakable():
            pytest.fail("it began")
        with interrupts.breakable():
            pass


def test_what_may_be_broken_off_is_so_and_what_follows_is_not():
    with listening() as interrupts:
        interrupts.hold()
        with pytest.raises(KeyboardInterrupt), interrupts.breakable():
            signal.raise_signal(signal.SIGTERM)
        signal.raise_signal(signal.SIGTERM)


def test_an_interrupt_that_something_catches_is_raised_at_the_end():
    with listening() as interrupts:
        interrupts.hold()
        with pytest.raises(KeyboardInterrupt), interrupts.breakable(), pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGTERM)


def turn_into_another_error():
    with suppress(KeyboardInterrupt):
        signal.raise_signal(signal.SIGTERM)
    raise ValueError


def test_an_interrupt_of_which_something_makes_another_error_is_raised_as_one():
    """Matplotlib's renderer says ValueError: Invalid affine transformation matrix."""
    with listening() as interrupts:
        interrupts.hold()
        with pytest.raises(KeyboardInterrupt), interrupts.breakable():
            turn_into_another_error()
        with pytest.raises(ValueError, match="of its own"), interrupts.breakable():
            raise ValueError("of its own")


def test_an_interrupt_in_a_destructor_is_remembered_without_a_word(capfd):
    class Interrupting:
        def __del__(self):
            signal.raise_signal(signal.SIGTERM)

    with listening() as interrupts:
        thing = Interrupting()
        del thing
        assert capfd.readouterr().err == ""
        with pytest.raises(KeyboardInterrupt):
            interrupts.after_round()


def test_a_process_that_was_told_to_ignore_ctrl_c_does(capfd):
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with listening() as interrupts:
        signal.raise_signal(signal.SIGINT)
        assert interrupts.first is None
        assert signal.getsignal(signal.SIGINT) == signal.SIG_IGN


@pytest.mark.parametrize("number", BOTH)
def test_while_the_package_is_imported_a_signal_ends_the_command_without_a_word(number):
    script = (
        "import os, signal, sys; from walras.experiments.cli import main; "
        "signal.signal(signal.SIGINT, signal.default_int_handler); "
        "sys.meta_path.insert(0, type('Seen', (), {'find_spec': lambda self, name, *_: "
        "os.write(1, b'.') and None if name == 'numpy' else None})()); main()"
    )
    command = [sys.executable, "-c", script, "list"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout.read(1) == b"."
        time.sleep(0.02)
        process.send_signal(number)
        _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (128 + number, b"")


@pytest.mark.parametrize("number", BOTH)
def test_while_a_command_is_imported_a_signal_ends_it_without_a_word(number):
    script = (
        "import os, sys, time; from walras.experiments.cli import main; "
        "sys.meta_path.insert(0, type('Seen', (), {'find_spec': lambda self, name, *_: "
        "os.write(1, b'.') and time.sleep(60) if name.endswith('cli.listing') else None})()); main()"
    )
    command = [sys.executable, "-c", script, "list"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout.read(1) == b"."
        process.send_signal(number)
        _, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (128 + number, b"")
