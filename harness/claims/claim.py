"""A claim file: what is said, how it is put to the test, and which measurements mean which verdict."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from .. import files
from ..client import Client
from ..metrics import metric
from ..names import Name
from ..scenario import Scenario
from .facts import Fact, Side, parse

Verdict: TypeAlias = Literal["holds", "holds in part", "does not hold"]
Area: TypeAlias = Literal[
    "Kinds of timeouts",
    "Client timeouts",
    "Per-request override",
    "Defaults",
    "Retries",
    "What is safe to retry",
    "Streaming",
    "Circuit breaker",
    "Rate limits",
    "Chains",
    "Agentic loops",
    "Real time",
    "First byte",
    "Three layers",
    "By use",
    "Monitoring",
    "Overload",
]
"""In the order in which the guide has them; the last is what the literature on overload has."""


def _is_fact(text: str) -> str:
    parse(text)
    return text


def _is_metric(name: str) -> str:
    try:
        metric(name)
    except KeyError:
        raise ValueError(f'there is no metric "{name}"') from None
    return name


FactText = Annotated[str, AfterValidator(_is_fact)]
Facts = Annotated[tuple[FactText, ...], Field(min_length=1)]
MetricName = Annotated[str, AfterValidator(_is_metric)]


class ProgramFile(BaseModel):
    """Code that a guide's reader would write, around the real SDK: a function of `harness.claims.programs`."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: Name
    about: str = ""
    function: Annotated[str, Field(pattern=r"^[a-z_]+:[a-z_]+$")]

    @property
    def origin(self) -> str:
        return f"brownout.harness.claims.programs.{self.function}"


class Claim(BaseModel):
    """`verdicts` says of each verdict which facts make it; the first whose facts are all surely true is the claim's.
    `verdict` is the one that was found, which a test holds it to."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: Name
    area: Area
    says: str
    verdict: Verdict
    because: str
    instead: str
    scenarios: Annotated[tuple[Scenario, ...], Field(min_length=1)]
    clients: tuple[Client, ...] = ()
    programs: tuple[ProgramFile, ...] = ()
    seeds: Annotated[int, Field(ge=6, le=100)] = 10
    shows: Annotated[tuple[MetricName, ...], Field(min_length=1)]
    verdicts: Annotated[dict[Verdict, Facts], Field(min_length=2)]

    @model_validator(mode="after")
    def _is_whole(self) -> Claim:
        scenarios = [scenario.name for scenario in self.scenarios]
        clients = self.players
        for names in (scenarios, clients):
            if len(set(names)) < len(names):
                raise ValueError(f"two have one name: {', '.join(names)}")
        for side in (side for facts in self.verdicts.values() for text in facts for side in parse(text).sides):
            if side.client not in clients:
                raise ValueError(f'a fact is about "{side.client}", who is no client')
            if side.scenario not in scenarios and (side.scenario or len(scenarios) > 1):
                raise ValueError(f'a fact is about "{side.client}" in "{side.scenario}", which is no scenario')
        if self.verdict not in self.verdicts:
            raise ValueError(f'nothing says what would make it "{self.verdict}"')
        return self

    @property
    def players(self) -> list[str]:
        """The names of all that are compared."""
        return [*(client.name for client in self.clients), *(program.name for program in self.programs)]

    def facts(self) -> Mapping[Verdict, list[Fact]]:
        return {verdict: [parse(text) for text in texts] for verdict, texts in self.verdicts.items()}

    def sides(self) -> Iterable[Side]:
        """Every figure that a verdict needs."""
        return dict.fromkeys(side for facts in self.facts().values() for fact in facts for side in fact.sides)


def claims(files: Iterable[Path]) -> list[Claim]:
    """In the order of their areas. Raises `files.FileError`."""
    areas: tuple[str, ...] = get_args(Area)
    return sorted(map(load, files), key=lambda claim: areas.index(claim.area))


def load(path: Path) -> Claim:
    """Raises `files.FileError`, which names every problem."""
    found: Any = files.load(path, Claim)
    assert isinstance(found, Claim)
    return found
