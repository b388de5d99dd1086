"""The operations of the control port, in one table: addresses, documentation and checks are all made of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import unquote

from pydantic import BaseModel
from typing_extensions import TypedDict

from .. import openmetrics
from . import bodies
from .desk import Desk
from .journal import Record
from .reading import Refused
from .shown import ScriptedFault, State

PREFIX = "/brownout/v1"
JSON = "application/json"


class Call(NamedTuple):
    """One request to the control port, checked. `body` is bytes where it is a file."""

    body: Any
    query: Any
    names: list[str]
    """What stands in the path where its pattern has braces."""
    headers: Mapping[str, str]


class Follow(NamedTuple):
    """The answer is the journal from there on, for as long as somebody reads it."""

    after: int
    test: str | None


class Page(TypedDict):
    """A part of the journal. `next`: what `after` has to be for the part that follows; `total`: the number of the last
    record. `oldest`: the number of the oldest that is kept; `missed`: how many that follow `after` are not."""

    records: list[Record]
    next: int
    total: int
    oldest: int
    missed: int


class FaultList(TypedDict):
    """Scripted faults, in the order in which they were scripted."""

    faults: list[ScriptedFault]


class Said(TypedDict):
    """How many replies are left, and how many rules there are."""

    replies_left: int
    rules: int


class Complaints(TypedDict):
    """Why what was scripted proves nothing: faults that took no effect, a line each."""

    complaints: list[str]


@dataclass(frozen=True)
class Operation:
    """One thing that can be asked. `gives`: the type of the answer, None for none."""

    method: str
    path: str
    """Below the prefix."""
    summary: str
    handler: Callable[[Desk, Call], Any]
    body: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    gives: Any = None
    status: int = 200
    media: str = JSON
    """The type of the answer; a text if it is another than JSON."""
    takes_file: bool = False
    """Whether the body may be a scenario file, by its content type."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Those that count, and why."""


def _state(desk: Desk, call: Call) -> State:
    return desk.state((call.headers.get("x-api-key", ""), call.query.model))


def _scenario(desk: Desk, call: Call) -> State:
    desk.play(call.body, call.query.drop)
    return desk.state()


def _phases(desk: Desk, call: Call) -> State:
    desk.go_on_with(call.body)
    return desk.state()


def _reset(desk: Desk, call: Call) -> State:
    desk.reset()
    return desk.state()


def _page(desk: Desk, call: Call) -> Page:
    journal = desk.journal
    after = min(call.query.after, len(journal))
    records, looked_at = journal.page(after, call.query.limit, call.query.test)
    return {
        "records": records,
        "next": looked_at,
        "total": len(journal),
        "oldest": journal.oldest,
        "missed": max(0, journal.oldest - 1 - after),
    }


def _follow(desk: Desk, call: Call) -> Follow:
    known = len(desk.journal)
    return Follow(known if call.query.after is None else min(call.query.after, known), call.query.test)


OPERATIONS = (
    Operation(
        "GET", "/state", "scenario, clock, phase, faults, quotas, replies left, how late the server itself was",
        _state, query=bodies.StateQuery, gives=State,
        headers={"x-api-key": "whose quotas are told, where each key has its own"},
    ),
    Operation(
        "PUT", "/scenario", "another scenario from now on: `name`, `yaml`, or a file as `application/yaml`",
        _scenario, bodies.ScenarioBody, bodies.ScenarioQuery, State, takes_file=True,
    ),
    Operation("POST", "/phases", "these phases from now on, instead of the scenario's", _phases,
              bodies.PhasesBody, gives=State),
    Operation("GET", "/faults", "the faults that are scripted",
              lambda desk, call: {"faults": desk.faults(call.query.test)}, query=bodies.OfTestQuery, gives=FaultList),
    Operation("POST", "/faults", "a fault for the next requests, of everybody or of one key or test",
              lambda desk, call: desk.script(call.body), bodies.FaultBody, gives=ScriptedFault, status=201),
    Operation("DELETE", "/faults", "no fault is scripted any more",
              lambda desk, call: desk.lift_all(call.query.test), query=bodies.OfTestQuery, status=204),
    Operation("DELETE", "/faults/{id}", "this fault is scripted no more",
              lambda desk, call: desk.lift(call.names[0]), status=204),
    Operation("POST", "/replies", "what is answered next, and rules for what is answered then",
              lambda desk, call: desk.say(call.body), bodies.RepliesBody, gives=Said),
    Operation("DELETE", "/replies", "the usual answers again", lambda desk, call: desk.clear_replies(), status=204),
    Operation("GET", "/journal", "what was served, a record a request, by number", _page,
              query=bodies.PageQuery, gives=Page),
    Operation("GET", "/journal/stream", "the same as it happens, a line of JSON a record", _follow,
              query=bodies.StreamQuery, gives=Record),
    Operation("GET", "/complaints", "faults that were to take effect and did not",
              lambda desk, call: {"complaints": desk.service.complaints()}, gives=Complaints),
    Operation("GET", "/metrics", "what there was since the start, and how it is now, for Prometheus",
              lambda desk, call: desk.metrics(), gives=str, media=openmetrics.MEDIA_TYPE),
    Operation("POST", "/reset", "everything as at the start; the journal is emptied", _reset, gives=State),
)  # fmt: skip
"""All but the description of themselves, which `openapi` serves."""


def find(method: str, path: str) -> tuple[Operation, list[str]]:
    """The operation that a request asks for, and what stands where its path has braces. Raises `Refused`."""
    allowed = []
    for operation in OPERATIONS:
        if (names := _names(PREFIX + operation.path, path)) is None:
            continue
        if operation.method == method:
            return operation, names
        allowed.append(operation.method)
    if allowed:
        raise Refused(405, "method_not_allowed", f"{path} takes {', '.join(allowed)}", {"allow": ", ".join(allowed)})
    raise Refused(404, "not_found", f"nothing is here; {PREFIX}/openapi.json tells what there is")


def _names(pattern: str, path: str) -> list[str] | None:
    expected, parts = pattern.split("/"), path.split("/")
    if len(expected) != len(parts):
        return None
    pairs = [*zip(expected, parts, strict=True)]
    if any(part != want and (not want.startswith("{") or not part) for want, part in pairs):
        return None
    return [unquote(part) for want, part in pairs if want.startswith("{")]
