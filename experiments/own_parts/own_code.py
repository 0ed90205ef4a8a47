"""Code named ``module:Class``: found, imported, and made into a part of a market."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module, invalidate_caches
from inspect import isclass, signature
from pathlib import Path
from traceback import extract_tb
from typing import Any

from ...network.plain import shown
from ..errors import OwnPartError


def is_code(name: str) -> bool:
    """Whether a name is that of code, ``module:Class``, rather than of something that comes with walras."""
    return ":" in name


def look_in(*folders: Path) -> None:
    """Look for modules in some folders too, in this process and those that it starts.

    They come after all places where Python looks: what stands there cannot take the place of what walras or its
    packages import later.
    """
    for folder in folders:
        place = str(folder.absolute())
        if place not in sys.path:
            sys.path.append(place)


def own_class(name: str) -> type[Any]:
    """The class that ``module:Class`` names; its module is imported.

    Raises
    ------
    OwnPartError
        If there is no such module or class, or the module cannot be imported.
    """
    module_name, _, class_name = name.partition(":")
    if not all(part.isidentifier() for part in (*module_name.split("."), class_name)):
        raise OwnPartError(f"{shown(name)} must read module:Class")
    invalidate_caches()
    try:
        module = import_module(module_name)
    except (Exception, SystemExit) as error:
        if isinstance(error, ModuleNotFoundError) and error.name and f"{module_name}.".startswith(f"{error.name}."):
            sought = f"among the installed packages, in {Path.cwd()}, or beside the file that names it"
            raise OwnPartError(f"{name}: there is no module {error.name} {sought}") from error
        raise OwnPartError(f"{name}: the module cannot be imported: {told_with_place(error, [name])}") from error
    found = getattr(module, class_name, None)
    if isclass(found):
        return found
    if found is not None:
        raise OwnPartError(f"{name} is a {type(found).__name__}; a class is needed")
    classes = [key for key, value in vars(module).items() if isclass(value) and value.__module__ == module_name]
    raise OwnPartError(f"{name}: {module.__file__} has no {class_name}; its classes are {', '.join(classes) or 'none'}")


def instance_of(name: str, own: type[Any], arguments: Mapping[str, Any]) -> Any:
    """An instance of an own class.

    Parameters
    ----------
    name : str
        What messages call it.
    own : type
    arguments : mapping of str to Any

    Raises
    ------
    OwnPartError
        If the class does not take the arguments, or refuses them.
    """
    takes = signature(own)
    try:
        takes.bind(**arguments)
    except TypeError as error:
        told = ", ".join(str(each.replace(annotation=each.empty)) for each in takes.parameters.values())
        raise OwnPartError(f"{name}: {error}; it takes {told or 'no arguments'}") from error
    try:
        return own(**arguments)
    except Exception as error:
        raise OwnPartError(f"{name} refuses its arguments: {told_with_place(error, [name])}") from error


def refuse_unless(kind: type[Any], name: str, part: object) -> None:
    """Make sure that a part has what a protocol asks for.

    Raises
    ------
    OwnPartError
        If it lacks something; the message names it.
    """
    if not isinstance(part, kind):
        needed = sorted(key for key in vars(kind) if not key.startswith("_"))
        lacking = [key for key in needed if not hasattr(part, key)]
        raise OwnPartError(
            f"{name} is no {kind.__name__.lower()}: it lacks {', '.join(lacking)}; needed are {', '.join(needed)}"
        )


def source_of(name: str) -> Path | None:
    """The file of a module that has been imported, None where it has none."""
    file = getattr(sys.modules.get(name.partition(":")[0]), "__file__", None)
    return None if file is None else Path(file)


def tried(name: str, what: str, call: Callable[[], object]) -> None:
    """Call own code.

    Raises
    ------
    OwnPartError
        If it raises; own code may raise anything, and the message says where it did.
    """
    try:
        call()
    except Exception as error:
        raise OwnPartError(f"{name}: {what} fails: {told_with_place(error, [name])}") from error


@contextmanager
def told_of(names: Sequence[str]) -> Iterator[None]:
    """Around rounds that call own code: what it raises there is its own fault, and told with its place.

    What was raised elsewhere, on a way that leads through no own module, passes as it is.

    Parameters
    ----------
    names : sequence of str
        ``module:Class`` each.

    Raises
    ------
    OwnPartError
        If own code raises, or calls for the end of the process.
    """
    try:
        yield
    except (OwnPartError, MemoryError):
        raise
    except (Exception, SystemExit) as error:
        if any(frame.filename in _files_of(names) for frame in extract_tb(error.__traceback__)):
            raise OwnPartError(f"own code fails: {told_with_place(error, names)}") from error
        raise


def _files_of(names: Sequence[str]) -> set[str]:
    return {str(source) for name in names if (source := source_of(name)) is not None}


def told_with_place(error: BaseException, names: Sequence[str]) -> str:
    """What an exception says, after the last line of own modules that led to it, or else of any.

    Parameters
    ----------
    error : BaseException
    names : sequence of str
        ``module:Class`` each.
    """
    words = " ".join(str(error).split())
    files = _files_of(names)
    frames = extract_tb(error.__traceback__)
    own = [frame for frame in frames if frame.filename in files]
    frame = (own or frames)[-1]
    place = f"{Path(frame.filename).name}, line {frame.lineno}"
    if isinstance(error, SyntaxError):
        place, words = f"{Path(error.filename or '?').name}, line {error.lineno}", error.msg
    return f"{place}: {type(error).__name__}{f': {words}' if words else ''}"
