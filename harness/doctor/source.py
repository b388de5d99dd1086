"""Reads the SDK's clients and the requests through them out of Python source. The source is parsed, and never run."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from brownout.fakes.units import seconds

from ..client import Client
from ..files import FileError, Problem
from ..files.errors import Location
from ..files.loading import MAX_LENGTH
from ..names import likely
from .check import MARK
from .finding import Place
from .literals import Names
from .made import Clients, Made
from .sent import Request, Requests
from .subject import Code, Subject
from .wrappers import Layers

LONGEST = 1e9
"""Seconds; thirty years are as good as no limit."""


def read(named: str) -> list[Subject]:
    """What the file's calls come to. Raises `FileError`."""
    try:
        with Path(named).open("rb") as file:
            data = file.read(MAX_LENGTH + 1)
    except OSError as error:
        reason = "no such file" if isinstance(error, FileNotFoundError) else f"cannot be read: {error.strerror}".lower()
        raise _error(named, reason) from None
    except ValueError:
        raise _error(named, "not a file's name") from None
    if len(data) > MAX_LENGTH:
        raise _error(named, f"larger than {MAX_LENGTH >> 20} MiB")
    return of_text(data, named)


def of_text(text: str | bytes, named: str) -> list[Subject]:
    """The same of text at hand. Raises `FileError`."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an odd escape in a text is not what is looked for
            tree = ast.parse(text, named)
        return list(_subjects(tree, named))
    except SyntaxError as error:
        raise _error(named, f"not Python: {error.msg}", error.lineno or 1, max(1, error.offset or 1)) from None
    except ValueError:  # a zero byte, or half of a character
        raise _error(named, "not Python: not a text") from None
    except (RecursionError, MemoryError):
        raise _error(named, "nested too deeply to be read") from None


def _error(named: str, message: str, line: int | None = None, column: int | None = None) -> FileError:
    return FileError(named, (Problem(named, line, column, message),))


def _subjects(tree: ast.AST, named: str) -> Iterator[Subject]:
    """One for each way in which the file calls, where the first request goes it, and for clients without requests."""
    names = Names(tree)
    clients = Clients(tree, names)
    requests = Requests(tree, names, clients).all if names.imports("anthropic") else []
    if not clients.all and not requests:
        raise _error(named, "no Anthropic(...) or AsyncAnthropic(...) is made here, and no request sent through one")
    ways: dict[tuple[Any, ...], list[Request]] = {}
    for request in requests:
        way = request.made.timeouts, request.made.retries, repr(request.around), request.by_hand
        ways.setdefault(way, []).append(request)
    for alike in ways.values():
        yield _of_requests(named, alike, clients)
    used = {node for request in requests for node in (request.made.at, *request.made.of)}
    used |= {node for made in clients.all for node in made.of if _is_inside(node, made.at)}
    for made in clients.all:
        if made.at is not None and made.at not in used:
            yield _subject(named, made, (), made.at, Code(marks=made.marks), clients)


def _is_inside(node: ast.AST, other: ast.AST | None) -> bool:
    """Whether it is `Anthropic()` of `Anthropic().with_options()`."""
    return isinstance(other, ast.Call) and isinstance(other.func, ast.Attribute) and other.func.value is node


def _of_requests(named: str, alike: list[Request], clients: Clients) -> Subject:
    first = alike[0]
    marks = tuple(dict.fromkeys(mark for request in alike for mark in request.made.marks))
    kinds = {request.is_stream for request in alike}
    is_stream = kinds.pop() if len(kinds) == 1 else None
    plain = [request for request in alike if request.is_stream is False]
    longest = max(plain, key=lambda request: request.max_tokens or 0, default=first)
    max_tokens = longest.max_tokens if plain else None
    code = Code(max_tokens, is_stream, marks, first.by_hand)
    return _subject(named, first.made, first.around, first.node, code, clients, longest.node)


def _subject(
    named: str,
    made: Made,
    around: Layers,
    at: ast.AST,
    code: Code,
    clients: Clients,
    longest: ast.AST | None = None,
) -> Subject:
    limits = {name: seconds(min(limit or LONGEST, LONGEST)) for name, limit in made.timeouts._asdict().items()}
    sdk = {"max_retries": made.retries, "major": "2" if clients.own == "httpx2" else "0"}
    client = Client.model_validate({
        "name": likely(Path(named).stem) or "client",
        "timeouts": limits,
        "layers": [*({name: values} for name, values in _in_order(around)), {"sdk": sdk}],
    })  # fmt: skip

    def place(loc: Location, on_key: bool) -> Place:
        if loc[:1] == (MARK,):
            return Place(named, int(loc[1]), int(loc[2]))
        node = longest if longest is not None and "read" in loc else at
        return Place(named, getattr(node, "lineno", 1), getattr(node, "col_offset", 0) + 1)

    return Subject(client, "", place, code=code)


def _in_order(around: Layers) -> Iterator[tuple[str, dict[str, Any]]]:
    """A limit that stands inside what tries again is one on each try."""
    is_inside = False
    for name, values in around:
        is_inside = is_inside or name == "retry"
        yield ("attempt_timeout", values) if name == "deadline" and is_inside else (name, values)
