"""The SDK's clients that Python source makes, and what each is set to, as far as the source says it."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, version

from ..policies.effects import Timeouts
from .literals import SDK_TIMEOUTS, Names, NotLiteral, calls_in, keyword, number, path, timeouts, written
from .subject import Mark

_VENDORS = ("", "Bedrock", "Vertex", "Foundry")
CLIENTS = {f"anthropic.{way}Anthropic{vendor}" for way in ("", "Async") for vendor in _VENDORS}
MOST_RETRIES = 1000
DEFAULT_RETRIES = 2


@dataclass(frozen=True, slots=True)
class Made:
    """What a client is set to, where it is made, and what is wrong with how that is written."""

    timeouts: Timeouts = SDK_TIMEOUTS
    retries: int = DEFAULT_RETRIES
    marks: tuple[Mark, ...] = ()
    at: ast.AST | None = None
    of: tuple[ast.AST, ...] = ()
    """Where those are made that it is a copy of."""


def http_library() -> tuple[str, str]:
    """The HTTP library of the SDK that is installed, and the other one; that of the newest where there is none."""
    try:
        is_old = version("anthropic").partition(".")[0] == "0"
    except PackageNotFoundError:
        is_old = False
    return ("httpx", "httpx2") if is_old else ("httpx2", "httpx")


class Clients:
    """All that a file makes."""

    def __init__(self, tree: ast.AST, names: Names) -> None:
        self._names = names
        self.own, self.other = http_library()
        self._bound: dict[str, Made] = {}
        """By how the source writes it: `client`, `self._client`."""
        given = [node for node in ast.walk(tree) if isinstance(node, ast.Assign | ast.AnnAssign)]
        for node in (*given, *given):  # again, as what is outermost is seen first, and may build on what is inside
            found = None if node.value is None else self.of(node.value)
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                if found is not None and (parts := path(target)):
                    self._bound[".".join(parts)] = found
        self.all = [found for call in calls_in(tree) if (found := self.of(call)) is not None]

    def of(self, node: ast.AST) -> Made | None:
        """What an expression is set to that is a client."""
        if isinstance(node, ast.Await):
            return self.of(node.value)
        if not isinstance(node, ast.Call):
            return self._bound.get(".".join(path(node)))
        if self._names.of(node.func) in CLIENTS:
            return self.changed(node, Made(at=node))
        if isinstance(node.func, ast.Attribute) and node.func.attr in ("with_options", "copy"):
            base = self.of(node.func.value)
            if base is not None and base.at is not None:
                return self.changed(node, replace(base, at=node, of=(*base.of, base.at)))
        return None

    def changed(self, call: ast.Call, base: Made) -> Made:
        """The same with what the keywords of a call say otherwise."""
        found, marks = base, list(base.marks)
        if (node := keyword(call, "timeout")) is not None:
            marks += self._foreign(node)
            value = timeouts(node, self._names, base.timeouts)
            if isinstance(value, NotLiteral):
                marks.append(_not_literal(node, "timeout", value.written, base.timeouts.read))
            else:
                found = replace(found, timeouts=value)
        if (node := keyword(call, "http_client")) is not None:
            marks += self._foreign(node)
        if (node := keyword(call, "max_retries")) is not None:
            retries = number(node)
            if retries is None:
                marks.append(_not_literal(node, "max_retries", written(node), base.retries))
            else:
                found = replace(found, retries=int(min(max(retries, 0.0), MOST_RETRIES)))
        return replace(found, marks=tuple(dict.fromkeys(marks)))

    def _foreign(self, node: ast.AST) -> list[Mark]:
        name = self._names.of(node.func) if isinstance(node, ast.Call) else self._names.of(node)
        if not name.startswith(f"{self.other}."):
            return []
        own = name.replace(self.other, self.own, 1)
        what = f"{written(node)} is of {self.other}, and the SDK uses {self.own}: a TypeError before anything is sent."
        return [mark(node, "foreign-timeout", what, f"{own}(...)")]


def mark(node: ast.AST, check: str, what: str, fix: str) -> Mark:
    """For a check of that id, where the node stands."""
    return Mark(check, what, fix, getattr(node, "lineno", 1), getattr(node, "col_offset", 0) + 1)


def _not_literal(node: ast.AST, name: str, text: str, default: float | None) -> Mark:
    what = f"{name}={text} is no literal: the check goes on with {default:g}, the value it would have without it."
    return mark(node, "not-literal", what, "brownout doctor module:name, which reads the client itself")
