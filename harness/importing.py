"""Finds what `module:name` or `path/to/file.py:name` names in a user's program, and imports the module for it.

Whatever the program says meanwhile stays out of messages: an exception's text may hold a key.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from pathlib import Path
from traceback import extract_tb
from types import ModuleType
from typing import Any

from .files.suggest import did_you_mean, quoted


class NotFound(Exception):
    """Nothing of use is there, with a hint what to write."""


def found(origin: str) -> Any:
    """The object of that name; it may lead on by dots. Imports the module. Raises `NotFound`."""
    where, name = split(origin)
    value: Any = imported(where)
    for step in name.split("."):
        try:
            value = getattr(value, step)
        except AttributeError:
            known = [each for each in dir(value) if not each.startswith("_")]
            raise NotFound(f"{where} has no {quoted(name)}{did_you_mean(step, known)}") from None
        except Exception as error:
            raise NotFound(f"looking up {origin} raised {told(error)}") from None
    return value


def split(origin: str) -> tuple[str, str]:
    """The module, or its file, and the name in it. Raises `NotFound`."""
    where, colon, name = origin.rpartition(":")
    if not colon or not where or not name:
        raise NotFound(f'expected a module and a name in it such as "app.llm:client", got {quoted(origin)}')
    return where, name


def imported(where: str) -> ModuleType:
    """The module of that name, or of that file. Raises `NotFound`."""
    is_file = where.endswith(".py") or "/" in where
    path = Path(where)
    if is_file and not path.is_file():
        raise NotFound(f"{where}: no such file")
    # As `python app.py` and `python -m app` would: what lies beside it can be imported.
    beside = str(path.parent.resolve() if is_file else Path.cwd())
    if sys.path[0] != beside:
        sys.path.insert(0, beside)
    try:
        return _of_file(path) if is_file else importlib.import_module(where)
    except ModuleNotFoundError as error:
        if error.name and (where == error.name or where.startswith(f"{error.name}.")):
            raise NotFound(
                f"there is no module {quoted(where)} here; a file is named as path/to/file.py:name"
            ) from None
        raise NotFound(f"{where} imports {error.name}, which is not installed here") from None
    except NotFound:
        raise
    except (Exception, SystemExit) as error:
        raise NotFound(f"importing {where} raised {told(error)}") from None


def _of_file(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise NotFound(f"{path} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules.setdefault(path.stem, module)
    spec.loader.exec_module(module)
    return module


def told(error: BaseException) -> str:
    """The kind of exception and its place in the program, not in a library. Not its text."""
    if isinstance(error, SyntaxError):
        return f"SyntaxError in line {error.lineno}"
    frames = extract_tb(error.__traceback__)
    if not frames:
        return type(error).__name__
    last = next((frame for frame in reversed(frames) if "site-packages" not in frame.filename), frames[-1])
    return f"{type(error).__name__} ({Path(last.filename).name}, line {last.lineno})"
