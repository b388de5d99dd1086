"""What a piece of Python source says by itself: names behind imports, numbers, timeouts. Nothing is ever evaluated."""

from __future__ import annotations

import ast
import math
from collections.abc import Iterator
from typing import NamedTuple

from ..policies.effects import Timeouts

NEVER = 86_400.0
"""Seconds that stand for no limit, as in what `brownout init` writes."""
SDK_TIMEOUTS = Timeouts()
_PHASES = Timeouts._fields


class NotLiteral(NamedTuple):
    """What stands there instead of a value."""

    written: str


class Names:
    """What the names of a module stand for, as far as its imports tell: `sdk.Anthropic` is `anthropic.Anthropic`."""

    def __init__(self, tree: ast.AST) -> None:
        self._known: dict[str, str] = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    self._known[alias.asname or alias.name.partition(".")[0]] = (
                        alias.name if alias.asname else alias.name.partition(".")[0]
                    )
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                for alias in node.names:
                    self._known[alias.asname or alias.name] = f"{node.module}.{alias.name}"

    def imports(self, package: str) -> bool:
        """Whether anything of it is imported."""
        return any(name.partition(".")[0] == package for name in self._known.values())

    def of(self, node: ast.AST) -> str:
        """`anthropic.Anthropic`; empty for what is no name of something imported."""
        parts = path(node)
        if not parts or parts[0] not in self._known:
            return ""
        return ".".join([self._known[parts[0]], *parts[1:]])


def path(node: ast.AST) -> list[str]:
    """The names in `a.b.c`; none for anything else."""
    steps = []
    while isinstance(node, ast.Attribute):
        steps.append(node.attr)
        node = node.value
    return [node.id, *reversed(steps)] if isinstance(node, ast.Name) else []


def keyword(call: ast.Call, name: str) -> ast.expr | None:
    """What is given by that name."""
    return next((each.value for each in call.keywords if each.arg == name), None)


def argument(call: ast.Call, index: int, name: str) -> ast.expr | None:
    """What is given by that name, or in that place."""
    given = keyword(call, name)
    return given if given is not None or index >= len(call.args) else call.args[index]


def number(node: ast.AST | None) -> float | None:
    """Of a literal such as `60`, `1.5` or `2 * 60`; None for all else, and for what is no finite number."""
    match node:
        case ast.Constant(value=bool()):
            return None
        case ast.Constant(value=int() | float() as value):
            return _finite(value)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            inner = number(operand)
            return None if inner is None else -inner
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            a, b = number(left), number(right)
            return None if a is None or b is None else _finite(a * b)
    return None


def _finite(value: float) -> float | None:
    try:
        found = float(value)
    except OverflowError:
        return None
    return found if math.isfinite(found) else None


def written(node: ast.AST) -> str:
    """As it stands there, on one line and not too long."""
    try:
        text = " ".join(ast.unparse(node).split())
    except (RecursionError, ValueError):
        return "..."
    return text if len(text) <= 60 else f"{text[:57]}..."


def timeouts(node: ast.AST, names: Names, base: Timeouts) -> Timeouts | NotLiteral:
    """What `timeout=` is given: a number, None, or the HTTP library's object. No limit is `NEVER`."""
    if isinstance(node, ast.Constant) and node.value is None:
        return Timeouts(NEVER, NEVER, NEVER, NEVER)
    if (value := number(node)) is not None:
        return Timeouts(value, value, value, value) if value > 0.0 else NotLiteral(written(node))
    if names.of(node).rpartition(".")[2] in ("NOT_GIVEN", "NotGiven", "omit"):
        return base
    if isinstance(node, ast.Call) and names.of(node.func).rpartition(".")[2] == "Timeout":
        return _object(node)
    return NotLiteral(written(node))


def _object(call: ast.Call) -> Timeouts | NotLiteral:
    """`Timeout(60.0, connect=5.0)`: the first is for all phases that are not named."""
    given: dict[str, float] = {}
    rest = argument(call, 0, "timeout")
    for name, node in [("", rest), *((name, keyword(call, name)) for name in _PHASES)]:
        if node is None:
            continue
        value = NEVER if isinstance(node, ast.Constant) and node.value is None else number(node)
        if value is None or value <= 0.0:
            return NotLiteral(written(node))
        given[name] = value
    if any(each.arg is None for each in call.keywords):
        return NotLiteral(written(call))
    return Timeouts(*(given.get(name, given.get("", NEVER)) for name in _PHASES))


def calls_in(node: ast.AST) -> Iterator[ast.Call]:
    """Every call in it."""
    return (each for each in ast.walk(node) if isinstance(each, ast.Call))
