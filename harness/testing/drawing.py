"""What pydantic's fields may hold, as somebody would write it, drawn by Hypothesis. `brownout.strategies` alone imports
this, and says what is missing where Hypothesis is."""

from __future__ import annotations

import types
from collections.abc import Collection, Mapping, Sequence
from operator import itemgetter
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from hypothesis import strategies as st
from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from brownout.fakes.units import Duration, Share
from brownout.fakes.units.unit import Unit

Strategy = st.SearchStrategy[Any]
Instead = Mapping[Any, Strategy]
_NOTHING: Instead = {}

DURATIONS = ("100ms", "500ms", "1s", "2s", "5s", "10s", "30s", "1m", "2m", "5m", "10m")
SHARES = ("90%", "50%", "20%", "5%", "1%")
COUNTS = range(51)
NUMBERS = st.integers(0, 3)
"""Of calls, attempts and the like, which count from 0."""
MOST_KEYS = 3
"""That are given though they need not be: what has more is nothing that anybody would write."""

_LADDERS: tuple[tuple[Any, Sequence[Any]], ...] = ((get_args(Duration)[1], DURATIONS), (get_args(Share)[1], SHARES))


def mapping(
    model: type[BaseModel], *, without: Collection[str] = (), instead: Instead = _NOTHING, at_least: int = 0
) -> st.SearchStrategy[dict[str, Any]]:
    """What makes an instance of the model: the keys it wants, and some that it can do without, `at_least` so many.
    `instead`: what is drawn for types of which more is known than their fields tell. Shrinks to fewer keys."""
    wanted: dict[str, Strategy] = {}
    others: dict[str, Strategy] = {}
    for name, field in model.model_fields.items():
        values = None if name in without else written(field.annotation, tuple(field.metadata), field.default, instead)
        if values is not None:
            (wanted if field.is_required() else others)[field.alias or name] = values
    # One list of keys with their values, empty at its simplest: what has many keys is then no less simple than what has
    # few, and each of them can be left out without a change of the others.
    pairs = [st.tuples(st.just(name), values) for name, values in others.items()]
    most = min(len(pairs), MOST_KEYS)
    some = st.lists(st.one_of(pairs), min_size=at_least, max_size=most, unique_by=itemgetter(0))
    order = [*wanted, *others]
    return st.builds(lambda always, some: _sorted(always | dict(some), order), st.fixed_dictionaries(wanted), some)


def _sorted(given: dict[str, Any], order: Sequence[str]) -> dict[str, Any]:
    return {name: given[name] for name in order if name in given}


def written(
    annotation: Any, metadata: tuple[Any, ...] = (), default: object = None, instead: Instead = _NOTHING
) -> Strategy | None:
    """Values of a type other than the default, as they stand in a file. None if there are no others."""
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return written(parts[0], (*parts[1:], *metadata), default, instead)
    if origin in (Union, types.UnionType):
        found = [values for part in parts if (values := written(part, metadata, default, instead)) is not None]
        return st.one_of(found) if found else None
    if origin is Literal:
        choices = [value for value in parts if value != default]
        return st.sampled_from(choices) if choices else None
    if annotation is type(None):
        return None
    if annotation is bool:
        return st.booleans()
    if annotation == frozenset[int]:
        return st.lists(NUMBERS, min_size=1, max_size=2, unique=True).map(sorted)
    if annotation in instead:
        return instead[annotation]
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        is_optional = not any(field.is_required() for field in annotation.model_fields.values())
        return mapping(annotation, instead=instead, at_least=int(is_optional))
    limited: Any = Annotated[(annotation, *metadata)] if metadata else annotation
    fit = [value for value in _ladder(annotation, metadata) if _is_valid(TypeAdapter(limited), value)]
    return st.sampled_from(fit) if fit else st.from_type(limited)


def _ladder(annotation: Any, metadata: tuple[Any, ...]) -> Sequence[Any]:
    """Values that people choose, simpler ones first."""
    for unit in metadata:
        if isinstance(unit, FieldInfo) and unit.examples:
            return unit.examples
        if isinstance(unit, Unit):
            return next((ladder for known, ladder in _LADDERS if known is unit), unit.examples)
    return COUNTS if annotation is int else ()


def _is_valid(adapter: TypeAdapter[Any], value: object) -> bool:
    try:
        adapter.validate_python(value)
    except ValidationError:
        return False
    return True
