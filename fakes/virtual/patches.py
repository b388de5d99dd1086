"""Replaces what modules refer to, and puts it back: attributes by name, and objects wherever they were imported to."""

from __future__ import annotations

import sys
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from types import ModuleType
from typing import Any

WATCHERS = frozenset(
    {"_pytest", "pytest", "pluggy", "hypothesis", "xdist", "execnet", "coverage", "pytest_cov", "subprocess"}
)
"""Packages that watch a test rather than take part in it, or wait for another process: for them nothing changes."""
_OF_THE_LIBRARY = frozenset({"threading", "queue", "concurrent", "sched", "_threading_local"})
"""Modules of the standard library in which imported names are replaced: others do not wait."""

_scanned: dict[tuple[Hashable, str], tuple[ModuleType, frozenset[str]]] = {}
"""By what is looked for and a module's name what in it is worth a look. The same for ever: a name once bound by import
stays."""


def root(module: str) -> str:
    """The package that a module belongs to."""
    return module.partition(".")[0]


@contextmanager
def replaced(owner: Any, **values: Any) -> Iterator[None]:
    """While this lasts, these attributes have these values."""
    before = {name: vars(owner)[name] for name in values}
    for name, value in values.items():
        setattr(owner, name, value)
    try:
        yield
    finally:
        for name, value in before.items():
            setattr(owner, name, value)


@contextmanager
def replaced_where_imported(stand_ins: Mapping[Any, Any]) -> Iterator[None]:
    """The same for objects, in every module that has one of them under whatever name: `from time import sleep`."""
    by_id = {id(real): stand_in for real, stand_in in stand_ins.items()}
    with _put(frozenset(by_id), lambda value: id(value) in by_id, lambda real: by_id[id(real)]):
        yield


@contextmanager
def replaced_where_kept(kind: type, made: Callable[[Any], Any]) -> Iterator[None]:
    """The same for every object of exactly this type that a module keeps; `made` makes what stands for one."""
    by_id: dict[int, Any] = {}

    def stand_in(real: Any) -> Any:
        return by_id.setdefault(id(real), made(real))

    with _put(kind, lambda value: type(value) is kind, stand_in):
        yield


@contextmanager
def _put(what: Hashable, is_wanted: Callable[[Any], bool], stand_in: Callable[[Any], Any]) -> Iterator[None]:
    changed: list[tuple[dict[str, Any], str, Any, Any]] = []
    for module, names in _candidates(what, is_wanted):
        values = vars(module)
        for name in names:
            real = values.get(name)
            if is_wanted(real):
                changed.append((values, name, real, stand_in(real)))
                values[name] = changed[-1][-1]
    try:
        yield
    finally:
        for values, name, real, ours in changed:
            if values.get(name) is ours:
                values[name] = real


def _candidates(what: Hashable, is_wanted: Callable[[Any], bool]) -> Iterator[tuple[ModuleType, frozenset[str]]]:
    modules: tuple[tuple[str, Any], ...] = tuple(sys.modules.items())  # some put other things there
    for name, module in modules:
        known = _scanned.get((what, name))
        if known is None or known[0] is not module:
            if not isinstance(module, ModuleType) or not _is_of_interest(root(name)):
                continue
            found = frozenset(key for key, value in tuple(vars(module).items()) if is_wanted(value))
            known = _scanned[what, name] = module, found
        if known[1]:
            yield known


def _is_of_interest(package: str) -> bool:
    if package in WATCHERS or package == "brownout":
        return False
    return package in _OF_THE_LIBRARY or package not in sys.stdlib_module_names
