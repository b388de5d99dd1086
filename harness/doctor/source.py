"""Reads the SDK's clients and the requests through them out of Python source. The source is parsed, and never run."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from brownout.fakes.units import seconds
from brownout.harness.client import Client
from brownout.harness.files import FileError, Problem
from brownout.harness.files.errors import Location
from brownout.harness.files.loading import MAX_LENGTH
from brownout.harness.names import likely
from brownout.harness.policies.effects import Timeouts

from .finding import Place
from .literals import SDK_TIMEOUTS, Names, NotLiteral, calls_in, keyword, number, path, timeouts, written
from .subject import Code, Subject
from .wrappers import Layers, of_call, of_decorator

CLIENTS = {
    f"anthropic.{prefix}Anthropic{suffix}"
    for prefix in ("", "Async")
    for suffix in ("", "Bedrock", "Vertex", "Foundry")
}
MOST_RETRIES = 1000
DEFAULT_RETRIES = 2
LONGEST = 1e9
"""Seconds; thirty years are as good as no limit."""
Mark = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Set:
    """What a client is set to, and what is wrong with how that is written."""

    timeouts: Timeouts = SDK_TIMEOUTS
    retries: int = DEFAULT_RETRIES
    marks: tuple[Mark, ...] = ()
    at: ast.AST | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """One call of `messages.create` or `messages.stream`."""

    node: ast.Call
    set: Set
    around: Layers
    is_stream: bool | None
    max_tokens: int | None


def read(named: str) -> list[Subject]:
    """What the file's calls come to. Raises `FileError`."""
    try:
        data = Path(named).read_bytes()[: MAX_LENGTH + 1]
    except OSError as error:
        raise _error(named, None, f"cannot be read: {(error.strerror or str(error)).lower()}") from None
    if len(data) > MAX_LENGTH:
        raise _error(named, None, f"larger than {MAX_LENGTH >> 20} MiB")
    return of_text(data, named)


def of_text(text: str | bytes, named: str) -> list[Subject]:
    """The same of text at hand. Raises `FileError`."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an odd escape in a text is not what is looked for
            tree = ast.parse(text, named)
        return list(_Reader(tree, named).subjects())
    except SyntaxError as error:
        raise _error(named, (error.lineno or 1, max(1, error.offset or 1)), f"not Python: {error.msg}") from None
    except (ValueError, UnicodeError):
        raise _error(named, None, "not Python source") from None
    except (RecursionError, MemoryError):
        raise _error(named, None, "nested too deeply to be read") from None


def _error(named: str, at: tuple[int, int] | None, message: str) -> FileError:
    return FileError(named, (Problem(named, at[0] if at else None, at[1] if at else None, message),))


def http_library() -> tuple[str, str]:
    """The HTTP library of the SDK that is installed, and the other one; that of the newest where there is none."""
    try:
        is_old = version("anthropic").partition(".")[0] == "0"
    except PackageNotFoundError:
        is_old = False
    return ("httpx", "httpx2") if is_old else ("httpx2", "httpx")


class _Reader:
    def __init__(self, tree: ast.Module, named: str) -> None:
        self._tree, self._named, self._names = tree, named, Names(tree)
        self._own, self._other = http_library()
        self._bound: dict[str, Set] = {}
        """By how the source writes it: `client`, `self._client`."""
        self._made: list[Set] = []
        self._requests: list[Request] = []

    def subjects(self) -> Iterator[Subject]:
        """One for each way in which the file calls, at the first request that goes it."""
        if self._names.imports("anthropic"):
            self._bind()
            self._visit(self._tree, (), ())
        if not self._made and not self._requests:
            raise _error(
                self._named, None, "no Anthropic(...) or AsyncAnthropic(...) is made here, and no request sent"
            )
        ways: dict[tuple[Any, ...], list[Request]] = {}
        for request in self._requests:
            way = request.set.timeouts, request.set.retries, repr(request.around)
            ways.setdefault(way, []).append(request)
        used = {id(request.set.at) for request in self._requests}
        for requests in ways.values():
            yield self._of_requests(requests)
        for each in self._made:
            if id(each.at) not in used and each.at is not None:
                yield self._subject(each, (), each.at, Code(marks=each.marks))

    def _of_requests(self, requests: list[Request]) -> Subject:
        first = requests[0]
        marks = tuple(dict.fromkeys(mark for request in requests for mark in request.set.marks))
        kinds = {request.is_stream for request in requests}
        plain = [request for request in requests if request.is_stream is False and request.max_tokens]
        longest = max(plain, key=lambda request: request.max_tokens or 0, default=None)
        is_stream = kinds.pop() if len(kinds) == 1 else None
        if longest is None:
            return self._subject(first.set, first.around, first.node, Code(None, is_stream, marks))
        code = Code(longest.max_tokens, is_stream, marks)
        return self._subject(first.set, first.around, first.node, code, longest.node)

    def _subject(self, each: Set, around: Layers, at: ast.AST, code: Code, plain: ast.AST | None = None) -> Subject:
        limits = {name: seconds(min(limit or LONGEST, LONGEST)) for name, limit in each.timeouts._asdict().items()}
        sdk = {"max_retries": each.retries, "major": "2" if self._own == "httpx2" else "0"}
        client = Client.model_validate(
            {
                "name": likely(Path(self._named).stem) or "client",
                "timeouts": limits,
                "layers": [*({name: values} for name, values in _in_order(around)), {"sdk": sdk}],
            }
        )

        def place(loc: Location, on_key: bool) -> Place:
            return self._place(plain if plain is not None and "read" in loc else at)

        return Subject(client, "", place, code=code)

    def _place(self, node: ast.AST) -> Place:
        return Place(self._named, getattr(node, "lineno", 1), getattr(node, "col_offset", 0) + 1)

    def _bind(self) -> None:
        """The clients that are given a name, `with_options` of earlier ones among them."""
        for node in ast.walk(self._tree):
            if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
                found = self._client(node.value)
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                for target in targets if found is not None else ():
                    if found is not None and (parts := path(target)):
                        self._bound[".".join(parts)] = found
        for call in calls_in(self._tree):
            found = self._client(call)
            if found is not None and all(each.at is not call for each in self._made):
                self._made.append(found)

    def _client(self, node: ast.AST) -> Set | None:
        """What an expression that is a client is set to."""
        if isinstance(node, ast.Await):
            return self._client(node.value)
        if not isinstance(node, ast.Call):
            return self._bound.get(".".join(path(node))) if path(node) else None
        if self._names.of(node.func) in CLIENTS:
            return self._set(node, Set(at=node))
        if isinstance(node.func, ast.Attribute) and node.func.attr in ("with_options", "copy"):
            base = self._client(node.func.value)
            return None if base is None else self._set(node, replace(base, at=node))
        return None

    def _set(self, call: ast.Call, base: Set) -> Set:
        found, marks = base, list(base.marks)
        if (node := keyword(call, "timeout")) is not None:
            marks += self._foreign(node)
            value = timeouts(node, self._names, base.timeouts)
            if isinstance(value, NotLiteral):
                marks.append(_not_literal("timeout", value.written, base.timeouts.read))
            else:
                found = replace(found, timeouts=value)
        if (node := keyword(call, "http_client")) is not None:
            marks += self._foreign(node)
        if (node := keyword(call, "max_retries")) is not None:
            retries = number(node)
            if retries is None:
                marks.append(_not_literal("max_retries", written(node), base.retries))
            else:
                found = replace(found, retries=int(min(max(retries, 0.0), MOST_RETRIES)))
        return replace(found, marks=tuple(dict.fromkeys(marks)))

    def _foreign(self, node: ast.AST) -> list[Mark]:
        name = self._names.of(node.func) if isinstance(node, ast.Call) else self._names.of(node)
        if not name.startswith(f"{self._other}."):
            return []
        own = name.replace(self._other, self._own, 1)
        what = (
            f"{written(node)} is of {self._other}, and the SDK uses {self._own}: a TypeError before anything is sent."
        )
        return [("foreign-timeout", what, f"{own}(...)")]

    def _visit(self, node: ast.AST, decorators: Layers, limits: Layers) -> None:
        """Every request, with what stands around it."""
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            own = tuple(layer for each in node.decorator_list for layer in of_decorator(each, self._names))
            decorators = (*decorators, *own)
        if isinstance(node, ast.With | ast.AsyncWith):
            calls = (item.context_expr for item in node.items if isinstance(item.context_expr, ast.Call))
            limits = (*limits, *(layer for call in calls for layer in of_call(call, self._names)))
        if isinstance(node, ast.Call):
            limits = (*limits, *of_call(node, self._names))
            if (request := self._request(node, (*decorators, *limits))) is not None:
                self._requests.append(request)
        if isinstance(node, ast.Try):
            self._requests += self._uncaught(node, decorators, limits)
            return
        for child in ast.iter_child_nodes(node):
            self._visit(child, decorators, limits)

    def _uncaught(self, node: ast.Try, decorators: Layers, limits: Layers) -> list[Request]:
        """The requests of a `try`, told what its handlers will not catch."""
        before, self._requests = self._requests, []
        for child in node.body:
            self._visit(child, decorators, limits)
        inside, self._requests = self._requests, before
        rest: tuple[ast.AST, ...] = (*node.handlers, *node.orelse, *node.finalbody)
        for other in rest:
            self._visit(other, decorators, limits)
        caught = [self._names.of(each) for handler in node.handlers if handler.type for each in ast.walk(handler.type)]
        wrong = [name for name in dict.fromkeys(caught) if name.startswith(f"{self._other}.")]
        if not wrong or any(name.startswith(f"{self._own}.") for name in caught):
            return inside
        what = (
            f"except {wrong[0]} does not catch what the SDK lets through of {self._own}: they have no class in common."
        )
        mark = ("foreign-except", what, f"except {wrong[0].replace(self._other, self._own, 1)}")
        return [replace(each, set=replace(each.set, marks=(*each.set.marks, mark))) for each in inside]

    def _request(self, call: ast.Call, around: Layers) -> Request | None:
        func = call.func
        if not (isinstance(func, ast.Attribute) and func.attr in ("create", "stream", "parse")):
            return None
        owner = func.value
        if not (isinstance(owner, ast.Attribute) and owner.attr == "messages"):
            return None
        who = owner.value
        if isinstance(who, ast.Attribute) and who.attr in ("beta", "with_raw_response", "with_streaming_response"):
            who = who.value
        base = self._client(who)
        if base is None and len(self._made) == 1:
            [base] = self._made
        if base is None:
            what = f"where {written(who)} is made does not stand here: it is taken to be the SDK's default client."
            base = Set(
                marks=(("not-literal", what, f"brownout doctor module:{path(who)[-1] if path(who) else 'client'}"),)
            )
        found = self._set(_without(call, "max_retries"), base)
        if keyword(call, "max_retries") is not None:
            what = f"messages.{func.attr} takes no max_retries: a TypeError."
            found = replace(
                found, marks=(*found.marks, ("retries-keyword", what, "client.with_options(max_retries=...)"))
            )
        stream, tokens = keyword(call, "stream"), number(keyword(call, "max_tokens"))
        is_stream: bool | None = func.attr == "stream"
        if stream is not None:
            is_stream = bool(stream.value) if isinstance(stream, ast.Constant) else None
        max_tokens = int(tokens) if tokens is not None and 0 < tokens < 1e9 else None
        return Request(call, found, around, is_stream, max_tokens)


def _without(call: ast.Call, name: str) -> ast.Call:
    return ast.Call(func=call.func, args=call.args, keywords=[each for each in call.keywords if each.arg != name])


def _not_literal(name: str, text: str, default: float | None) -> Mark:
    what = f"{name}={text} is no literal: the check goes on with {default:g}, the value it would have without it."
    return ("not-literal", what, "brownout doctor module:name, which reads the client itself")


def _in_order(around: Layers) -> list[tuple[str, dict[str, Any]]]:
    """Limits outside of what tries again, unless they stand inside it, where each is a limit on one try."""
    found, is_inside = [], False
    for name, values in around:
        if name == "retry":
            is_inside = True
        found.append(("attempt_timeout", values) if name == "deadline" and is_inside else (name, values))
    return found
