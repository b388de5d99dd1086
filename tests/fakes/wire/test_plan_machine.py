"""Random plans over a socket: what a raw client gets is what the plan says, byte for byte and in order, until the step
that ends it. Several connections at once, kept alive from one answer to the next."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, Literal

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, multiple, rule

from brownout.fakes.draws import Draws, Identity
from brownout.fakes.endpoint import Endpoint
from brownout.fakes.errors import ERRORS
from brownout.fakes.faults import Fault, Where
from brownout.fakes.http.rendering import Rendering, Surroundings
from brownout.fakes.plan import (
    CLOSE,
    ENDING,
    FINISH,
    OPENING,
    RELEASE,
    RESET,
    Answer,
    Body,
    Close,
    Comment,
    Drip,
    Drops,
    Event,
    Finish,
    Head,
    Making,
    Mark,
    Plan,
    Raw,
    Reset,
    Spoiled,
    Stall,
    Step,
    StreamError,
    Tokens,
    Vanish,
    Wait,
)
from brownout.fakes.script import Scripted, Turns
from brownout.fakes.ticket import Request
from brownout.fakes.wire.server import WireServer

from ...patience import PATIENCE
from .raw import RawClient, request
from .serving import outcome, service

SCALE = 500.0
"""Nothing here is about how long it takes."""
SEED = 1
NEIGHBOUR = 999

gaps = st.sampled_from([0.01, 0.1, 0.5])
HOWS: list[Any] = ["no_json", "no_utf8", "no_name", "twice", "half", "no_gzip"]
bodies = st.binary(max_size=300).map(Body)
contents = st.one_of(
    st.builds(Tokens, st.integers(1, 20), gaps),
    st.sampled_from([Event("ping"), Event("content_block_stop"), Comment(), StreamError("api_error", "Oh")]),
    st.builds(Spoiled, st.builds(Tokens, st.integers(2, 4), gaps), st.sampled_from([*HOWS, "swapped"])),
    st.builds(Wait, gaps),
    st.builds(Making, st.integers(1, 3), gaps),
    st.builds(Stall, st.sampled_from([0.5, 1.0]), st.just(0.2), st.booleans()),
)
parts = st.sampled_from(
    [(Answer(),), (Answer(0.0, 0.5), Wait(0.1), Answer(0.5, 1.0)), *((Spoiled(Answer(), how),) for how in HOWS)]
)
ends = st.sampled_from([FINISH, FINISH, FINISH, CLOSE, RESET, Stall(), Vanish()])


@st.composite
def streams(draw: st.DrawFn) -> Plan:
    """Content of all kinds behind the head of a stream."""
    return (Head(sse=True), *OPENING, *draw(st.lists(contents, max_size=6)), *ENDING)


@st.composite
def answers(draw: st.DrawFn) -> Plan:
    """A head and a body: the answer, an error, or anything."""
    body: Plan = draw(
        st.one_of(parts, bodies.map(lambda body: (body,)), st.sampled_from([*ERRORS.values()]).map(lambda e: (e,)))
    )
    return (Head(200 if isinstance(body[0], Answer | Spoiled | Body) else 500), *body)


@st.composite
def dripped(draw: st.DrawFn, of: st.SearchStrategy[Plan]) -> Plan:
    """The same, of which one step comes in pieces."""
    plan = list(draw(of))
    places = [i for i, step in enumerate(plan) if isinstance(step, Head | Event | Tokens | Body)]
    i = draw(st.sampled_from(places))
    plan[i] = Drip(plan[i], draw(st.integers(1, 60)), 0.05)  # type: ignore[arg-type]
    return tuple(plan)


plans = st.one_of(
    streams(), answers(), dripped(streams()), dripped(answers()), st.binary(min_size=1).map(lambda d: (Raw(d),))
)


class Planned(Fault):
    """Whatever is planned, in place of the answer."""

    kind: Literal["planned"] = "planned"
    at: Literal["before_headers"] = "before_headers"
    steps: Any

    def instead(self, rest: Plan) -> Plan:
        return (RELEASE, *self.steps)


def rendered(who: Identity, plan: Plan) -> bytes:
    """Every byte of it."""
    ticket = Endpoint(service(), SEED).answer(Request(who, True, 1, 1000), 0.0, is_fresh=True)
    rendering, found = Rendering(ticket, Surroundings()), b""
    for i, step in enumerate(plan):
        following = plan[i + 1] if i + 1 < len(plan) else None
        match step:
            case Drip():
                found += rendering.bytes_of(Drops(rendering.measure(step, following), 0.0), following)
            case Stall(seconds=float(seconds), pings=float(every), comments=comments):
                said = Comment() if comments else Event("ping")
                times = int(seconds / every) - (int(seconds / every) * every >= seconds - 1e-9)
                found += b"".join(rendering.bytes_of(said, None) for _ in range(times))
            case _:
                found += rendering.bytes_of(step, following)
    return found


class Plans(RuleBasedStateMachine):
    """A server, and clients that each know what they are to be sent."""

    idle = Bundle("idle")

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.clients: list[RawClient] = []
        self.count = 0
        self.server = WireServer(Endpoint(service(), SEED), scale=SCALE)
        self.run(self.server.start())
        self.run(self.begin())

    def run(self, what: Coroutine[Any, Any, Any]) -> Any:
        return self.runner.run(asyncio.wait_for(what, PATIENCE))

    async def begin(self) -> None:
        self.server.begin()

    @rule(target=idle)
    def connect(self) -> RawClient:
        client: RawClient = self.run(RawClient.connect(self.server.port))
        self.clients.append(client)
        return client

    @rule(target=idle, client=consumes(idle), plan=plans, end=ends)
    def ask(self, client: RawClient, plan: Plan, end: Step) -> Any:
        """All that is planned comes, and then what ends it."""
        is_kept = self.run(self._ask(client, (*plan, end)))
        return client if is_kept else multiple()

    @rule(client=consumes(idle), plan=streams())
    def leave(self, client: RawClient, plan: Plan) -> None:
        """In the middle of an answer, without a word."""
        self.run(self._begin(client, (*plan, Wait(5.0), FINISH)))
        client.close()

    async def _begin(self, client: RawClient, plan: Plan) -> Identity:
        self.count += 1
        who = Identity(self.count, 0)
        fault = Planned(steps=plan, where=Where(clients=frozenset({self.count})))
        armed = Scripted(
            fault, Mark(len(self.server.endpoint.timeline.counts)), Draws(SEED, "planned"), "planned", Turns(1)
        )
        timeline = self.server.endpoint.timeline
        timeline.arm(fault, "planned", "planned")
        timeline.put((*timeline.script, armed))
        await client.send(request(stream=True, who=str(who)))
        return who

    async def _ask(self, client: RawClient, plan: Plan) -> bool:
        who = await self._begin(client, plan)
        expected, end = rendered(who, plan), plan[-1]
        if isinstance(end, Close | Reset):
            await client.to_the_end()
            assert client.end == ("closed" if isinstance(end, Close) else "reset")
        else:
            while len(client.data) < len(expected):
                assert await client.receive(), (client.end, client.data, expected)
            await self._neighbour()
        # What has not been read when a RST comes is lost, to a client that reads at once nothing as a rule.
        assert client.data == expected or (isinstance(end, Reset) and expected.startswith(client.data))
        client.data = b""
        if isinstance(end, Finish):
            return not isinstance(plan[0], Raw)
        return False

    async def _neighbour(self) -> None:
        """Somebody else is served meanwhile, and nothing more has come here."""
        async with await RawClient.connect(self.server.port) as neighbour:
            assert (await neighbour.ask(stream=True, who=f"{NEIGHBOUR}/0/0/0")).is_whole

    def teardown(self) -> None:
        for client in self.clients:
            client.close()
        self.run(outcome(self.server.stop()))
        assert not self.server.connections
        assert self.server.endpoint.slots.busy == 0 or self.server.endpoint.under_way
        self.runner.close()


TestPlans = Plans.TestCase
TestPlans.settings = settings(max_examples=60, stateful_step_count=15, deadline=None)
