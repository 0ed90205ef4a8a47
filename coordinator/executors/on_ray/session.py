"""Ray itself: joined or started, and left as it was found."""

from __future__ import annotations

import logging
import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from ...executor import UnavailableError
from .leftovers import own_folder
from .signals_put_off import heard_again, signals_put_off

# What is sent by value and not by way of the object store; a message costs less than the store up to some MB.
_BY_VALUE_BYTES = 4 * 2**20
_STORE_BYTES = 512 * 2**20
_REACHED_SECONDS = 10.0
# Ray itself waits for ever where something listens that takes calls and answers none.
_BEGUN_SECONDS = 45.0


def imported_ray() -> Any:
    """Ray, which takes a second to import.

    Raises
    ------
    UnavailableError
        If it is not installed.
    """
    try:
        # Ray reads this when it is imported: else it would print on stdout which of its workers died.
        with environment(RAY_DEDUP_LOGS_SKIP_REGEX="."):
            import ray
    except ImportError as error:
        raise UnavailableError(f"Ray is needed ({error}): pip install 'walras[ray]'") from error
    return ray


@contextmanager
def connected(address: str | None, cores: int) -> Iterator[None]:
    """Around what needs Ray: one that this process has already is used and stays, any other is left at the end.

    Parameters
    ----------
    address : str or None
        ``host:port`` of a Ray that runs somewhere; None starts one in this machine, and ends it.
    cores : int
        How many a Ray that is started here has to give away.

    Raises
    ------
    UnavailableError
        If there is no Ray at the address, or it is another version, or none can be started here.
    """
    ray = imported_ray()
    if ray.is_initialized():
        if address not in (None, address_here()):
            raise UnavailableError(f"this process uses the Ray at {address_here()} already; {address} is another")
        yield
        return
    with ExitStack() as until_the_end:
        with signals_put_off():
            folder = until_the_end.enter_context(own_folder())
            if address is None:
                begin, late = partial(_start, ray, cores, folder), "Ray cannot be started here: it did not begin"
            else:
                begin = partial(_join, ray, address)
                late = f"there is no Ray at {address}: what listens there does not answer"
            until_the_end.enter_context(_called_beside(begin, ray.shutdown, late))
            # Ray's own end lets SIGTERM end the process at once, with its folder half removed.
            until_the_end.callback(heard_again)
            until_the_end.callback(ray.shutdown)
        try:
            yield
        finally:
            with signals_put_off():
                until_the_end.close()


def cores() -> int:
    """How many cores Ray has to give away in all."""
    return max(int(imported_ray().cluster_resources().get("CPU", 1)), 1)


def address_here() -> str:
    """Where other processes reach the Ray that this one uses."""
    return str(imported_ray().get_runtime_context().gcs_address)


def last_line(error: Exception) -> str:
    """What kind of error of Ray it is, and the last line that says something."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return f"{type(error).__name__}: {lines[-1] if lines else 'no reason is known'}"


def _start(ray: Any, cores: int, folder: Path) -> None:
    # Without an address Ray would join whatever RAY_ADDRESS names, or a cluster that somebody left running here.
    try:
        with environment(RAY_USAGE_STATS_ENABLED="0"):
            ray.init(
                address="local",
                num_cpus=cores,
                include_dashboard=False,
                log_to_driver=False,
                logging_level=logging.ERROR,
                object_store_memory=_STORE_BYTES,
                _temp_dir=str(folder),
                # Workers have an environment of their own: those that are started for others would stand idle. And the
                # coordinator waits for them: behind others by Ray's own priority they would hold it up.
                _system_config={
                    "max_direct_call_object_size": _BY_VALUE_BYTES,
                    "prestart_worker_first_driver": False,
                    "worker_niceness": 0,
                },
            )
    except (ray.exceptions.RayError, OSError, RuntimeError, ValueError) as error:
        ray.shutdown()
        raise UnavailableError(f"Ray cannot be started here: {_sentence(error)}") from error


def _join(ray: Any, address: str) -> None:
    host, _, port = address.rpartition(":")
    if not host or not port.isdigit() or "/" in address:
        raise UnavailableError(f"the address of Ray is {address!r}; host:port is needed, as `ray start` tells it")
    try:
        # Ray itself would try for minutes.
        socket.create_connection((host, int(port)), timeout=_REACHED_SECONDS).close()
    except (OSError, OverflowError) as error:
        raise UnavailableError(f"there is no Ray at {address}: {error}") from error
    try:
        ray.init(address=address, log_to_driver=False, logging_level=logging.ERROR)
    except (ray.exceptions.RayError, OSError, RuntimeError, ValueError) as error:
        ray.shutdown()
        raise UnavailableError(f"the Ray at {address} cannot be joined: {_sentence(error)}") from error


def _sentence(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__


@contextmanager
def environment(**values: str) -> Iterator[None]:
    """Variables for processes that are started meanwhile; Ray can be told some things in no other way."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


@contextmanager
def _called_beside(begin: Callable[[], None], undo: Callable[[], None], late: str) -> Iterator[None]:
    """Call in a thread of its own, which stays to the end.

    In the main thread Ray would listen to SIGTERM from now on, and end this process with another code; and what it
    starts ends with the thread that started it.

    Parameters
    ----------
    begin, undo : callable
        What has begun when nobody waits any more is undone there.
    late : str
        What to say then.
    """
    begun, ended, is_late = threading.Event(), threading.Event(), threading.Event()
    failures: list[Exception] = []

    def live() -> None:
        try:
            begin()
        except Exception as error:  # raised below
            failures.append(error)
        begun.set()
        ended.wait()
        if is_late.is_set():
            undo()

    threading.Thread(target=live, daemon=True).start()
    try:
        if not begun.wait(_BEGUN_SECONDS):
            is_late.set()
            raise UnavailableError(f"{late} within {_BEGUN_SECONDS:.0f} s")
        if failures:
            raise failures[0]
        yield
    finally:
        ended.set()
