"""Opens values of a client file that has no marks for them: `timeouts.read`, or `retry.retries=1..8`.

The mark is written into the file's text, so that everything after is as if its owner had written it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from ..client import Client
from ..files import Document, FileError, parse
from ..files.errors import Location
from ..files.suggest import did_you_mean, nearest, quoted
from .around import around, ends
from .marking import written_in
from .parameters import MARK, NOW, Parameter
from .space import Space, marks, name_of


def opened(document: Document, wanted: Iterable[str]) -> Document:
    """The file with marks at these values, each `NAME` or `NAME=LOW..HIGH`; a list of choices will do, too.

    Without a range it is one around what it is. Raises `ValueError` for what cannot be opened, `FileError` for what is
    wrong with the file.
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
        usual = [each for each, (_, value) in values.items() if any(ends(value))]
        known = did_you_mean(name, values if nearest(name, values) else usual)
        raise ValueError(f"{quoted(name)} is no value of {quoted(client.name)}{known}")
    at, value = values[name]
    said = said or around(client, name, at, value)
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
    return found if value is None else _with_today(found, document, at, f"{MARK}: {said}, {NOW}: {value}")


def _with_today(found: Document, document: Document, at: Location, said: str) -> Document:
    """The same, with what it is today beside the range: what is found is compared with that. Of one of several choices
    that may not be to be said."""
    try:
        told = replace(parse(written_in(document, at, f"{{{said}}}"), document.name), path=document.path)
        Space.of(told)
    except FileError:
        return found
    return told


def _present(document: Document) -> tuple[Client, Sequence[Parameter]]:
    """The client as the file has it, what is open as it is today or in the middle; and what is open. Raises
    `FileError`."""
    if not any(marks(Client.assembled(document).root)):
        return document.check(Client), ()
    space = Space.of(document)
    return space.client(space.current), space.parameters


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
