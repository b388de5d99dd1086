"""A model: a scenario and a client of which theory knows what comes of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules
from typing import Literal

from ..client import Client
from ..files import loads
from ..scenario import Scenario
from . import models as found
from .seen import Seen

PLAIN = """
name: plain
timeouts: {connect: 1000s, read: 1000s, write: 1000s, pool: 1000s}
layers: [sdk: {max_retries: 0}]
"""
"""A client that asks once, and waits."""
PATIENT = "timeouts: {connect: 1000s, read: 1000s, write: 1000s, pool: 1000s}"


@dataclass(frozen=True, slots=True)
class Figure:
    """Something that theory knows the value of: `theory`, in base units (a share of one, seconds). `of` measures it."""

    what: str
    unit: Literal["%", "s", "x"]
    theory: float
    of: Callable[[Seen], float]


@dataclass(frozen=True, slots=True)
class Model:
    """`scenario` and `client` are files; `says` is where the figures come from. In each of `runs` runs what begins in
    the first `warm_up` seconds is left out, and in the last `cool_down`."""

    name: str
    says: str
    scenario: str
    figures: tuple[Figure, ...]
    client: str = PLAIN
    warm_up: float = 0.0
    cool_down: float = 0.0
    runs: int = 20
    change: Callable[[Client], Client] | None = None
    """What the client is given that no file can say, because clients had better not do it."""

    def contestant(self) -> Client:
        """The client."""
        client: Client = loads(self.client, Client)
        return client if self.change is None else self.change(client)

    def world(self, share: float = 1.0) -> Scenario:
        """The scenario, with so large a share of what comes after the warm-up."""
        scenario: Scenario = loads(self.scenario, Scenario)
        *before, last = scenario.timeline
        kept = self.warm_up + self.cool_down - sum(phase.seconds for phase in before)
        seconds = kept + share * (last.seconds - kept)
        return scenario.model_copy(update={"timeline": (*before, last.model_copy(update={"seconds": seconds}))})


def queue(name: str, rate: str, answer: str, timeline: str, service: str = "", *, streams: bool = False) -> str:
    """A scenario: calls of one token at random, at that rate, and a service whose answers take as long as `answer` says
    and nothing besides. `service`: what else there is to say of it. A stream holds its slot to the end."""
    latency = f"first_token: {'0s' if streams else answer}, token_gap: {answer if streams else '0s'}"
    return f"""
name: {name}
workload:
  clients: 50
  arrivals: {{kind: poisson, rate: {rate}}}
  calls: {{deadline: 1000s, input_tokens: 1, output_tokens: 1{", stream: 100%" if streams else ""}}}
server:
  latency: {{round_trip: 0s, {latency}}}
  {service}
timeline: {timeline}
"""


def models() -> dict[str, Model]:
    """Each by the name of its file, as `brownout validate --theory` takes it."""
    names = sorted(info.name for info in iter_modules(found.__path__))
    return {name.replace("_", "-"): import_module(f"{found.__name__}.{name}").MODEL for name in names}
