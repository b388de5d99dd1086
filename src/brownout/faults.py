"""Faults for Python code, named as in scenario files: `rate_limit(retry_after="1s")`, `stall(at={"tokens": 3})`.

One function a fault, made of its file; its arguments are the keys it has in a scenario, with their units, and `for_`
where a scenario says `for`. `phase("10s", refuse())` is a stretch of time with faults. `faults.pyi`, which `make docs`
writes, tells editors and type checkers the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from inspect import cleandoc
from typing import Any

from pydantic import ValidationError

from brownout.fakes.faults import FAULTS, Fault
from brownout.fakes.timeline import Phase
from brownout.fakes.units import parse_duration
from brownout.harness.files.suggest import did_you_mean, quoted

__all__ = [*FAULTS, "phase"]


def phase(length: str, *faults: Fault, hits: Iterable[str] = ()) -> Phase:
    """A stretch of time, such as `"10s"`, with what is wrong in it. `hits`: what its beginning also breaks, "in_flight"
    for requests under way, "idle" for connections that are kept open. Raises `ValueError`."""
    strange = [each for each in faults if not isinstance(each, Fault)]
    if strange:
        raise ValueError(f"phase: expected faults, got {strange[0]!r}")
    broken = frozenset([hits] if isinstance(hits, str) else hits)
    if unknown := broken - {"in_flight", "idle"}:
        raise ValueError(f'phase: hits: expected "in_flight" or "idle", got {quoted(min(unknown))}')
    return Phase(parse_duration(length), faults, "in_flight" in broken, "idle" in broken)


def _make(kind: str, /, **given: Any) -> Fault:
    try:
        return FAULTS[kind].model_validate({name.removesuffix("_"): value for name, value in given.items()})
    except ValidationError as error:
        raise ValueError(_told(kind, error)) from None


def _told(kind: str, error: ValidationError) -> str:
    """What is wrong with each argument, in one line."""
    fault = FAULTS[kind]
    known = [field.alias or name for name, field in fault.model_fields.items() if name != "kind"]
    lines: dict[str, str] = {}
    for each in error.errors(include_url=False):
        name = str(each["loc"][0])
        if name not in known:
            lines[name] = f"{kind}: unknown argument {quoted(name)}{did_you_mean(name, known)}"
        elif name not in lines:
            lines[name] = f"{kind}: {name}: {each['msg']}"
        elif name in fault.example:  # it is like none of several things
            lines[name] = f"{kind}: {name}: expected something like {fault.example[name]!r}, got {each['input']!r}"
    return "\n".join(lines.values())


def _function(kind: str) -> Callable[..., Fault]:
    make = partial(_make, kind)
    make.__doc__ = cleandoc(FAULTS[kind].__doc__ or "")
    return make


globals().update({kind: _function(kind) for kind in FAULTS})
