"""How a program is called: what it is given of a call, by the names of the parameters that it declares."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, NamedTuple

from .importing import NotFound
from .policies.call import Ask

GIVEN: dict[str, Callable[[Ask, float], Any]] = {
    "max_tokens": lambda ask, left: ask.max_tokens,
    "stream": lambda ask, left: ask.stream,
    "deadline": lambda ask, left: left,
    "profile": lambda ask, left: ask.profile,
}
"""What is given by name to a program that asks for it: the most tokens, whether to stream, the seconds that are left
until nobody waits for the answer any more, and the kind of the call."""
METHOD = "ask"
"""Of a class or an object that cannot be called itself."""

_POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
_MANY = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


class Way(NamedTuple):
    """How to call one program."""

    takes: str
    """The name of its first parameter, which gets the prompt; as a list of messages if that is its name. "" for none.
    A wrapper that takes just `*args` gets it, too: it is for what it wraps."""
    names: tuple[str, ...]
    is_class: bool
    """Whether it is made once for each client, and its method is what is called."""

    def arguments(self, ask: Ask, prompt: str, left: float) -> tuple[list[Any], dict[str, Any]]:
        """Those of one call, with so many seconds left to its deadline."""
        given: list[Any] = [[{"role": "user", "content": prompt}] if self.takes == "messages" else prompt]
        return given if self.takes else [], {name: GIVEN[name](ask, left) for name in self.names}


def way_of(named: Any, origin: str) -> Way:
    """How to call what was found there. Raises `NotFound`, saying what it would have to be."""
    is_class = inspect.isclass(named)
    if not is_class and not callable(callee(named)):
        raise NotFound(
            f"{origin} is of type {type(named).__name__}: expected a function, or a class or an object with a method "
            f'"{METHOD}"{_settings_hint(named, origin)}'
        )
    if not is_class:
        if [each.name for each in _parameters(callee(named), origin)[:1]] == ["self"]:
            raise NotFound(f"{origin} is a method: name its class, which is made once for each client")
        return _way(callee(named), origin, skips=0, is_class=False)
    if missing := [each.name for each in _parameters(named, origin) if _is_required(each)]:
        raise NotFound(f'{origin} needs "{missing[0]}" to be made: give it a default, or name a function')
    name = next((name for name in (METHOD, "__call__") if hasattr(named, name) and _is_method(named, name)), None)
    if name is None:
        raise NotFound(f'{origin} is a class without a method "{METHOD}"{_settings_hint(named, origin)}')
    is_bound = isinstance(inspect.getattr_static(named, name), classmethod | staticmethod)
    return _way(getattr(named, name), f"{origin}.{name}", skips=0 if is_bound else 1, is_class=True)


def callee(made: Any) -> Any:
    """What of an object is called."""
    return getattr(made, METHOD, made)


def _is_method(named: type, name: str) -> bool:
    """Every class has a `__call__`: that of its own class, by which it is made."""
    return callable(getattr(named, name)) and any(name in vars(each) for each in named.__mro__)


def _way(function: Any, where: str, skips: int, is_class: bool) -> Way:
    declared = _parameters(function, where)
    parameters = [each for each in declared if each.kind not in _MANY][skips:]
    takes = next((each.name for each in declared if each.kind is inspect.Parameter.VAR_POSITIONAL), "")
    if parameters and parameters[0].kind in _POSITIONAL:
        takes = parameters.pop(0).name if parameters[0].name not in GIVEN else ""
    for each in parameters:
        if each.name not in GIVEN and _is_required(each):
            known = ", ".join(GIVEN)
            raise NotFound(
                f'{where} needs "{each.name}", and what it can be given is a prompt first and, by name, {known}'
            )
    named = [each for each in parameters if each.name in GIVEN]
    if wrong := [each.name for each in named if each.kind is inspect.Parameter.POSITIONAL_ONLY]:
        raise NotFound(f'{where} takes "{wrong[0]}" by position alone, and is given it by name')
    return Way(takes, tuple(each.name for each in named), is_class)


def _parameters(function: Any, where: str) -> list[inspect.Parameter]:
    try:
        return [*inspect.signature(function).parameters.values()]
    except (TypeError, ValueError):
        raise NotFound(f"{where} does not say what parameters it takes: name a function of Python code") from None


def _is_required(parameter: inspect.Parameter) -> bool:
    return parameter.default is inspect.Parameter.empty and parameter.kind not in _MANY


def _settings_hint(named: Any, origin: str) -> str:
    """For whoever names the SDK's client instead of what calls it."""
    module = (named if inspect.isclass(named) else type(named)).__module__
    if module.partition(".")[0] != "anthropic":
        return ""
    return f"; `brownout init --from {origin}` takes the settings of a client of the SDK"
