"""What a program's own SDK client is set to: timeouts and retries, and nothing else of it.

Whatever the program says meanwhile stays out of messages: an exception's text may hold a key.
"""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import sys
from dataclasses import dataclass
from pathlib import Path
from traceback import extract_tb
from types import ModuleType
from typing import Any

from .files.suggest import did_you_mean, quoted
from .policies.effects import Timeouts


class NotFound(Exception):
    """No client is there, with a hint what to write."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Of a client of the SDK. Timeouts in seconds, None for no limit."""

    kind: str
    """The name of its class."""
    timeouts: Timeouts
    max_retries: int


def settings(origin: str) -> Settings:
    """Those of the client that `module:name` or `path/to/file.py:name` names. Imports the module. Raises `NotFound`.

    The name may lead on by dots, and may be of a function without arguments that returns the client.
    """
    where, colon, name = origin.rpartition(":")
    if not colon or not where or not name:
        raise NotFound(f'expected a module and a name in it such as "app.llm:client", got {quoted(origin)}')
    found: Any = _imported(where)
    for step in name.split("."):
        try:
            found = getattr(found, step)
        except AttributeError:
            known = [each for each in dir(found) if not each.startswith("_")]
            raise NotFound(f"{where} has no {quoted(name)}{did_you_mean(step, known)}") from None
        except Exception as error:
            raise NotFound(f"looking up {origin} raised {_told(error)}") from None
    return _read(found, origin)


def _imported(where: str) -> ModuleType:
    is_file = where.endswith(".py") or "/" in where
    path = Path(where)
    if is_file and not path.is_file():
        raise NotFound(f"{where}: no such file")
    # As `python app.py` and `python -m app` would: what lies beside it can be imported.
    sys.path.insert(0, str(path.parent.resolve() if is_file else Path.cwd()))
    try:
        if not is_file:
            return importlib.import_module(where)
        spec = importlib.util.spec_from_file_location(path.stem, path)
        if spec is None or spec.loader is None:
            raise NotFound(f"{where} is not a Python file")
        module = importlib.util.module_from_spec(spec)
        sys.modules.setdefault(path.stem, module)
        spec.loader.exec_module(module)
    except ModuleNotFoundError as error:
        if error.name and (where == error.name or where.startswith(f"{error.name}.")):
            raise NotFound(
                f"there is no module {quoted(where)} here; a file is named as path/to/file.py:name"
            ) from None
        raise NotFound(f"{where} imports {error.name}, which is not installed here") from None
    except NotFound:
        raise
    except (Exception, SystemExit) as error:
        raise NotFound(f"importing {where} raised {_told(error)}") from None
    return module


def _told(error: BaseException) -> str:
    """The kind of exception and its place in the program, not in a library. Not its text."""
    if isinstance(error, SyntaxError):
        return f"SyntaxError in line {error.lineno}"
    frames = extract_tb(error.__traceback__)
    last = next((frame for frame in reversed(frames) if "site-packages" not in frame.filename), frames[-1])
    return f"{type(error).__name__} ({Path(last.filename).name}, line {last.lineno})"


def _read(found: Any, origin: str) -> Settings:
    import anthropic

    kinds = (anthropic.Anthropic, anthropic.AsyncAnthropic)
    if not isinstance(found, kinds) and callable(found):
        try:
            found = found()
        except (Exception, SystemExit) as error:
            raise NotFound(f"calling {origin} raised {_told(error)}") from None
    if inspect.iscoroutine(found):
        found.close()
    if not isinstance(found, kinds):
        kind = type(found).__name__
        raise NotFound(
            f"{origin} is of type {kind}: expected an anthropic.Anthropic or AsyncAnthropic, or a function without "
            "arguments that returns one"
        )
    return Settings(type(found).__name__, _timeouts(found.timeout), found.max_retries)


def _timeouts(timeout: Any) -> Timeouts:
    """One number is each limit; the HTTP library's object has four."""
    if timeout is None or isinstance(timeout, int | float):
        return Timeouts(timeout, timeout, timeout, timeout)
    return Timeouts(timeout.connect, timeout.read, timeout.write, timeout.pool)
