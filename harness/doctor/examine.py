"""Puts a client before every check: a file, a client object of a program, or Python source."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from brownout import scenarios as shipped
from brownout.fakes.units import seconds

from .. import sources
from ..client import Client
from ..files import Document
from ..files.errors import Location
from ..fleet import Fleet, configurations
from ..names import likely
from ..other_file import is_fleet
from ..policies.layer import Layer
from ..policies.layers.breaker import Breaker
from ..policies.layers.hedge import Hedge
from ..policies.layers.retry import Retry
from ..policies.layers.throttle import Throttle
from ..program import is_origin
from ..real_client import settings
from ..scenario import Scenario
from . import source
from .check import Check, Found
from .checks import CHECKS
from .factors import factors, product
from .finding import SEVERITIES, Diagnosis, Finding, Place
from .literals import NEVER
from .made import MOST_RETRIES
from .subject import Subject, subjects
from .walk import MOST


def examine(client: str | Client | Fleet, scenario: Scenario | None = None, *, prove: bool = False) -> Diagnosis:
    """What is wrong with a client, the gravest first; with `prove` the simulator is asked to show it.

    `client`: the name of a shipped one, a YAML file, `module:name` of a client object of the SDK, which is imported,
    or a Python file, which is not. Of a fleet every member is examined. Raises `sources.UnknownName`,
    `files.FileError` and `importing.NotFound`.
    """
    name, stacks = named_subjects(client, scenario)
    found = [
        finding for subject in stacks for check in CHECKS.values() for finding in _findings(check(), subject, prove)
    ]
    once = {(each.id, each.where, each.what): each for each in reversed(found)}  # a profile may share its layers
    return Diagnosis(name, "" if scenario is None else scenario.name, tuple(sorted(once.values(), key=_gravity)))


def named_subjects(client: str | Client | Fleet, scenario: Scenario | None) -> tuple[str, list[Subject]]:
    """What reports call it, and every stack to look at."""
    if isinstance(client, Client | Fleet):
        return client.name, [each for one in configurations(client) for each in subjects(one, _nowhere(one), scenario)]
    if client.endswith(".py"):
        return client, [replace(subject, scenario=scenario) for subject in source.read(client)]
    if is_origin(client) and not Path(client).exists():
        return client, subjects(_live(client), lambda loc, on_key: Place(client), scenario)
    document = sources.client_document(client)
    if not is_fleet(document):
        document = Client.assembled(document)
        found = document.validate(Client)
        return found.name, subjects(found, _places(document), scenario)
    document = Fleet.assembled(document)
    fleet = document.validate(Fleet)
    return fleet.name, [
        subject
        for i, member in enumerate(fleet.fleet)
        for subject in subjects(member.client, _places(document, "fleet", i, "client"), scenario)
    ]


def _nowhere(client: Client) -> Callable[[Location, bool], Place]:
    """What was made in Python stands in no file."""
    return lambda loc, on_key: Place(client.name)


def _places(document: Document, *within: str | int) -> Callable[[Location, bool], Place]:
    """Where something stands in a file, or in one that it builds on; of shipped files the name is enough."""
    known = {str(path) for path in shipped.known_clients().values()}

    def place(loc: Location, on_key: bool) -> Place:
        problem = document.problem_at((*within, *loc), "", on_key=on_key)
        name = Path(problem.path).name if problem.path in known else problem.path
        return Place(name, problem.line, problem.column)

    return place


def _live(origin: str) -> Client:
    """What a program's own client is set to; no limit is a day, and no end of retries a thousand."""
    found = settings(origin)
    limits = {name: seconds(NEVER if limit is None else limit) for name, limit in found.timeouts._asdict().items()}
    return Client.model_validate(
        {
            "name": likely(origin.rpartition(":")[2]) or "client",
            "timeouts": limits,
            "layers": [{"sdk": {"max_retries": int(min(found.max_retries, MOST_RETRIES))}}],
        }
    )


def _findings(check: Check, subject: Subject, prove: bool) -> Iterator[Finding]:
    for found in check.look(subject):
        proof = check.prove(subject, found) if prove and _is_provable(subject) else None
        yield Finding(
            check.id,
            found.severity or check.severity,
            subject.client.name,
            subject.profile,
            found.what,
            _fix(subject, found),
            subject.place(found.loc, found.on_key),
            proof,
        )


def _is_provable(subject: Subject) -> bool:
    """A throttle refuses by chance, what hedges share is spent in an order of its own, and too many requests of one
    call take too long: none of it is played."""
    outermost = next((i for i, _ in subject.each(Hedge)), len(subject.layers))
    is_shared = any(map(_is_shared, subject.layers[outermost + 1 :]))
    return not (subject.has(Throttle) or is_shared) and product(factors(subject.layers)) <= MOST


def _is_shared(layer: Layer) -> bool:
    """Whether its state is that of all requests of a call side by side."""
    return (
        isinstance(layer, Breaker)
        or (isinstance(layer, Retry) and layer.budget is not None)
        or (isinstance(layer, Hedge) and layer.share is not None)
    )


def _fix(subject: Subject, found: Found) -> str:
    if subject.code is None:
        return found.fix
    return found.code or f"brownout.resilient with {found.fix}"


def _gravity(finding: Finding) -> tuple[int, str, int, int, str]:
    where = finding.where
    return (SEVERITIES.index(finding.severity), where.path, where.line or 0, where.column or 0, finding.id)
