"""Opens values of a client file that has no marks for them: `timeouts.read`, or `retry.retries=1..8`.

The mark is written into the file's text, so that everything after is as if its owner had written it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from brownout.fakes.units import UnitError, format_duration, format_share, parse_duration, parse_share

from ..client import Client
from ..files import Document, FileError, parse
from ..files.errors import Location
from ..files.suggest import did_you_mean, nearest, quoted
from .marking import written_in
from .parameters import MARK, Parameter
from .space import Space, marks, name_of

FACTOR = 4.0
"""A duration may be so much shorter or longer than it is, where nothing else is said."""
_DIGITS = 3


def opened(document: Document, wanted: Iterable[str]) -> Document:
    """The file with marks at these values, each `NAME` or `NAME=LOW..HIGH`; a list of choices will do, too.

    Not given: a quarter to four times a duration, none to twice a count and two more, half to twice a share. Raises
    `ValueError` for what cannot be opened, `FileError` for what is wrong with the file.
    """
    for each in wanted:
        name, _, said = each.partition("=")
        document = _opened(document, name.strip(), said.strip())
    return document


def _opened(document: Document, name: str, said: str) -> Document:
    client, parameters = _present(document)
    before = {parameter.name for parameter in parameters}
    if name in before:
        raise ValueError(f"{name} is open already")
    values = dict(_values(client))
    if name not in values:
        usual = [each for each, (_, value) in values.items() if any(_ends(value))]
        known = did_you_mean(name, values if nearest(name, values) else usual)
        raise ValueError(f"{quoted(name)} is no value of {quoted(client.name)}{known}")
    at, value = values[name]
    said = said or _around(client, name, at, value)
    try:
        text = written_in(document, at, f"{{{MARK}: {said}}}")
        found = replace(parse(text, document.name), path=document.path)
        changed, after = _present(found)
    except FileError as error:
        reasons = "; ".join(problem.message for problem in error.problems)
        raise ValueError(f"{name} cannot be opened: {reasons}") from None
    except ValueError as error:
        raise ValueError(f"{name} cannot be opened: {error}") from None
    places = {name_of(at) for parameter in after for at in (parameter.at, *parameter.also)}
    if {each.name for each in after} != {*before, name} or _but(places, changed) != _but(places, client):
        raise ValueError(f"{name} cannot be opened from outside: write {{{MARK}: {said}}} into {document.name}")
    return found


def _present(document: Document) -> tuple[Client, Sequence[Parameter]]:
    """The client as the file has it, what is open in the middle of its range; and what is open. Raises `FileError`."""
    if not any(marks(Client.assembled(document).root)):
        return document.check(Client), ()
    space = Space.of(document)
    return space.client(space.middle), space.parameters


def _but(names: set[str], client: Client) -> dict[str, Any]:
    """All values but these."""
    return {name: value for name, (_, value) in _values(client) if name not in names}


def _values(client: Client) -> Iterator[tuple[str, tuple[Location, Any]]]:
    """Every value that holds no others, as files write it, by the name that results print; of layers of one name, the
    first one's."""
    data = client.model_dump(mode="json", by_alias=True)
    seen: set[str] = set()
    for at, value in _leaves({key: data[key] for key in ("timeouts", "layers", "profiles")}):
        name = name_of(at)
        if name not in seen:
            seen.add(name)
            yield name, (at, value)


def _leaves(data: Any, at: Location = ()) -> Iterator[tuple[Location, Any]]:
    match data:
        case dict():
            for key, value in data.items():
                if key != "kind":  # says which of several the others belong to
                    yield from _leaves(value, (*at, key))
        case list() if at[-1] == "layers":
            for index, value in enumerate(data):
                yield from _leaves(value, (*at, index))
        case list():
            return
        case _:
            yield at, data


def _around(client: Client, name: str, at: Location, value: Any) -> str:
    """A range around what it is. Raises `ValueError` where that says none."""
    lows, highs = _ends(value)
    low = next((text for text in lows if _fits(client, at, text)), None)
    high = next((text for text in highs if _fits(client, at, text)), None)
    if low is None or high is None or low == high:
        what = "is not set" if value is None else f"is {value}"
        raise ValueError(f"{name} {what}: say between which values it may lie, as in --open {name}=LOW..HIGH")
    return f"{low}..{high}"


def _ends(value: Any) -> tuple[Sequence[str], Sequence[str]]:
    """Of a range, each with what to fall back on."""
    if isinstance(value, int) and not isinstance(value, bool):
        return ("0", "1"), (str(2 * value + 2), str(value + 1), str(value))
    if isinstance(value, str) and not value.startswith("0"):  # twice nothing is nothing
        try:
            seconds = parse_duration(value)
            return (_duration(seconds / FACTOR),), (_duration(seconds * FACTOR),)
        except UnitError:
            pass
        try:
            share = parse_share(value)
            return (_share(share / 2.0),), (_share(min(1.0, 2.0 * share)), _share(0.99), value)
        except UnitError:
            pass
    return (), ()


def _duration(seconds: float) -> str:
    return format_duration(float(f"{seconds:.{_DIGITS}g}"))


def _share(share: float) -> str:
    return format_share(float(f"{share:.{_DIGITS}g}"))


def _fits(client: Client, at: Location, text: str) -> bool:
    """Whether the client may have that there."""
    data: Any = client.model_dump(mode="json", by_alias=True)
    inner = data
    for step in at[:-1]:
        inner = inner[step]
    inner[at[-1]] = int(text) if text.isdecimal() else text
    try:
        Client.model_validate(data)
    except ValidationError:
        return False
    return True
