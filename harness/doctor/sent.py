"""The requests that Python source sends through the SDK, each with its client and what stands around it."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace

from .literals import Names, keyword, number, path, written
from .made import Clients, Made, mark
from .wrappers import Layers, causes_of_handlers, of_call, of_decorator

_WAYS = ("create", "stream", "parse")
_THROUGH = ("beta", "with_raw_response", "with_streaming_response")


@dataclass(frozen=True, slots=True)
class Request:
    """One call of `messages.create` or `messages.stream`."""

    node: ast.Call
    made: Made
    around: Layers
    """Outermost first."""
    is_stream: bool | None
    """None where that is not literal."""
    max_tokens: int | None
    by_hand: frozenset[str] = frozenset()
    """The causes for which a loop around it goes on, to try again."""


class Requests:
    """Finds them in a tree."""

    def __init__(self, tree: ast.AST, names: Names, clients: Clients) -> None:
        self._names, self._clients = names, clients
        self.all: list[Request] = []
        self._loops = 0
        self._visit(tree, (), ())

    def _visit(self, node: ast.AST, decorators: Layers, limits: Layers) -> None:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            own = tuple(layer for each in node.decorator_list for layer in of_decorator(each, self._names))
            decorators = (*decorators, *own)
        if isinstance(node, ast.With | ast.AsyncWith):
            calls = (item.context_expr for item in node.items if isinstance(item.context_expr, ast.Call))
            limits = (*limits, *(layer for call in calls for layer in of_call(call, self._names)))
        if isinstance(node, ast.Call):
            limits = (*limits, *of_call(node, self._names))
            if (request := self._request(node, (*decorators, *limits))) is not None:
                self.all.append(request)
        if isinstance(node, ast.Try):
            self._visit_try(node, decorators, limits)
            return
        is_loop = isinstance(node, ast.For | ast.AsyncFor | ast.While)
        self._loops += is_loop
        for child in ast.iter_child_nodes(node):
            self._visit(child, decorators, limits)
        self._loops -= is_loop

    def _visit_try(self, node: ast.Try, decorators: Layers, limits: Layers) -> None:
        """Requests in its body are told what its handlers will not catch, and for what they go round a loop again."""
        before, self.all = self.all, []
        for child in node.body:
            self._visit(child, decorators, limits)
        inside, self.all = self.all, before
        again = causes_of_handlers(node.handlers, self._names) if self._loops else frozenset()
        self.all += [replace(each, by_hand=each.by_hand | again) for each in self._uncaught(node, inside)]
        rest: tuple[ast.AST, ...] = (*node.handlers, *node.orelse, *node.finalbody)
        for other in rest:
            self._visit(other, decorators, limits)

    def _uncaught(self, node: ast.Try, inside: list[Request]) -> list[Request]:
        own, other = self._clients.own, self._clients.other
        types = [each for handler in node.handlers if handler.type for each in ast.walk(handler.type)]
        caught = [(each, self._names.of(each)) for each in types]
        wrong = [(each, name) for each, name in caught if name.startswith(f"{other}.")]
        if not wrong or any(name.startswith(f"{own}.") for _, name in caught):
            return inside
        where, name = wrong[0]
        what = f"except {name} does not catch what the SDK lets through of {own}: 0 classes in common."
        found = mark(where, "foreign-except", what, f"except {name.replace(other, own, 1)}")
        return [replace(each, made=replace(each.made, marks=(*each.made.marks, found))) for each in inside]

    def _request(self, call: ast.Call, around: Layers) -> Request | None:
        func = call.func
        if not (isinstance(func, ast.Attribute) and func.attr in _WAYS):
            return None
        owner = func.value
        if not (isinstance(owner, ast.Attribute) and owner.attr == "messages"):
            return None
        who = owner.value
        if isinstance(who, ast.Attribute) and who.attr in _THROUGH:
            who = who.value
        without = [each for each in call.keywords if each.arg != "max_retries"]
        found = self._clients.changed(ast.Call(func, call.args, without), self._base(who))
        if len(without) < len(call.keywords):
            what = f"messages.{func.attr} takes no max_retries: a TypeError."
            told = mark(call, "retries-keyword", what, "client.with_options(max_retries=...)")
            found = replace(found, marks=(*found.marks, told))
        stream, tokens = keyword(call, "stream"), number(keyword(call, "max_tokens"))
        is_stream: bool | None = func.attr == "stream"
        if stream is not None:
            is_stream = bool(stream.value) if isinstance(stream, ast.Constant) else None
        max_tokens = int(tokens) if tokens is not None and 1 <= tokens < 1e9 else None
        return Request(call, found, around, is_stream, max_tokens)

    def _base(self, who: ast.AST) -> Made:
        """The client that a request goes through: the only one, where it is not known which."""
        base = self._clients.of(who)
        if base is not None:
            return base
        if len(self._clients.all) == 1:
            return self._clients.all[0]
        what = f"where {written(who)} is made does not stand here: it is taken to be the SDK's default client."
        name = path(who)[-1] if path(who) else "client"
        return Made(marks=(mark(who, "not-literal", what, f"brownout doctor module:{name}"),))
