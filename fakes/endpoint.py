"""The fake service's brain: requests in, plans out. It does no I/O, reads no clock and keeps no timer.

A backend asks in this order: the `entrance` about a new connection, `answer` for a request; the player then comes back
with `admit` when the request has reached the service, `release` when its slot is free, `gone` when the client has left.
Each returns the next segment of the plan. Load is read when the slot is granted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from operator import attrgetter

from .billing import Billing
from .capacity import Capacity, Slots
from .distributions import Constant, TokenCounts
from .draws import Draws, Identity, call_label
from .entrance import Entrance
from .errors import ERRORS
from .journal import Besides, Served, TurnedAway
from .latency import Latency, LatencyDraws, sampler
from .limits import Gate, Limits, Quota
from .mix import Group, kind_of
from .plan import (
    ADMIT,
    BEGINNING,
    ENDED,
    ENDING,
    FINISH,
    HEAD_SSE,
    RELEASE,
    SERVED,
    START,
    WHOLE,
    Head,
    Making,
    Plan,
    Tokens,
    Wait,
    is_unanswered,
    streamed,
)
from .recorded import Recorded
from .ticket import Request, Ticket
from .timeline import Armed, Phase, Timeline

INSTANT = 1e-6
"""Seconds. A wait below that is none: a turn of an event loop takes several times as long."""


@dataclass(frozen=True, slots=True)
class Service:
    """All that is configured of the fake: how fast, how large, with what quotas, and what goes wrong when."""

    latency: Latency
    capacity: Capacity
    limits: Limits
    answers: tuple[tuple[float, TokenCounts], ...]
    """How long answers are: for each kind of call its share of all calls, and its spread."""
    phases: tuple[Phase, ...] = (Phase(0.0),)
    billing: Billing = field(default_factory=Billing)
    """What a spend cap counts."""
    groups: tuple[Group, ...] = ()
    """Of clients, each with kinds of call of its own; none: all clients have all of them."""
    recorded: tuple[Recorded, ...] = ()
    """How long the answers to calls of a trace are, whatever their kind."""

    @property
    def has_tls_faults(self) -> bool:
        """Whether it can only be what it is where TLS is spoken."""
        return any(fault.stage == "tls" for phase in self.phases for fault in phase.faults)


def only(answers: Sequence[tuple[float, TokenCounts]]) -> int | None:
    """How long every answer is, if all are of one length."""
    lengths = {max(1, round(spread.root)) if isinstance(spread, Constant) else None for _, spread in answers}
    return lengths.pop() if len(lengths) == 1 else None


class Endpoint:
    """`POST /v1/messages` of one service under one seed."""

    def __init__(self, service: Service, seed: int, keeps_journal: bool = True) -> None:
        """`keeps_journal`: else nobody but the listener has what is over, and what is served for days leaves nothing
        here."""
        self.service = service
        self._keeps_journal = keeps_journal
        self.listener: Callable[[Served | TurnedAway, Besides], object] | None = None
        """Told of everything that enters the journal, when it does."""
        self.timeline = Timeline(service.phases, seed)
        self.slots = Slots(service.capacity)
        self._under_way: dict[Ticket, None] = {}
        self._served: list[Served] = []
        self.entrance = Entrance(self.timeline, self._turned_away, keeps_journal)
        self._gate = Gate(service.limits, service.billing) if service.limits.is_limited else None
        self.meter = None if self._gate is None else self._gate.meter
        """What has to know when tokens are made, if anything does."""
        self._latency = LatencyDraws(service.latency, seed)
        lengths = Draws(seed, "output tokens")
        self._output_tokens = [sampler(spread, lengths) for _, spread in service.answers]
        self._only = None if service.recorded else only(service.answers)
        shares = [share for share, _ in service.answers]
        self._kind = kind_of(shares, service.groups, seed) if len(shares) > 1 else None
        self._slows = service.capacity.slowdown > 0.0
        self._cancels = service.capacity.on_disconnect == "cancel"
        self._is_instant = self._gate is None and self._latency.is_none

    def output_tokens(self, who: Identity) -> int:
        """How long the whole answer to a call is; the same for every attempt at it."""
        return self._length(who, call_label(who.client, who.call))

    def _length(self, who: Identity, call: int) -> int:
        if self._only is not None:
            return self._only
        for recorded in self.service.recorded:
            if (tokens := recorded.output_tokens(who)) is not None:
                return max(1, tokens)
        of_kind = self._output_tokens[0] if self._kind is None else self._output_tokens[self._kind(call)]
        length = round(of_kind(call))
        return length if length > 1 else 1

    def whole(self, request: Request, now: float) -> Ticket | None:
        """The answer to a request that is over in the instant in which it came: there is no time to be waited for, no
        quota, and no fault that could concern it. None for any other, which a player has to play."""
        if not self._is_instant or request.stream or self.timeline.in_reach:
            return None
        if self._latency.upload(request.input_tokens) > INSTANT or not self.slots.is_one_free():
            return None
        ticket = self._ticket(request, now)
        ticket.granted_at = ticket.head_due = ticket.head_at = ticket.end_due = ticket.end_at = ticket.ended = now
        ticket.base, ticket.status, ticket.is_complete = 0.0, 200, True
        self._enter(ticket)
        return ticket

    def _ticket(self, request: Request, now: float) -> Ticket:
        who, _, _, most, _, reply, _, _, _, told = request
        client, call, attempt, branch = who
        of_call = (client << 28 | call) << 16  # `call_label` and `label` of `Identity`, without two calls
        label = of_call | attempt << 6 | branch
        if reply is not None:
            length = reply.tokens
        elif (length := self._length(who, of_call) - told) < 1:
            length = 1
        return Ticket(request, now, length if length < most else most, label, self._latency.round_trip(label))

    def expect(self, request: Request, now: float, is_fresh: bool) -> Ticket:
        """A request has been sent, on a connection opened for it if `is_fresh`, and nothing can be wrong with its way
        in: it is to be admitted when it has been `inbound`."""
        ticket = self._ticket(request, now)
        self._under_way[ticket] = None
        ticket.inbound = self._latency.inbound(ticket.round_trip, request.input_tokens, is_fresh)
        return ticket

    def answer(self, request: Request, now: float, is_fresh: bool, lost_to: tuple[Armed, ...] = ()) -> Ticket:
        """The same whatever is wrong. `lost_to`: the faults that its connection may have been lost to while it was
        idle. The ticket holds the first segment."""
        ticket = self.expect(request, now, is_fresh)
        ticket.segment = self.on_the_way(ticket)
        in_reach = self.timeline.in_reach
        if in_reach or lost_to:
            self._offer(ticket, (*lost_to, *in_reach), now)
        return ticket

    @staticmethod
    def on_the_way(ticket: Ticket) -> Plan:
        """The first segment, if nothing happens to it."""
        return (Wait(ticket.inbound), ADMIT)

    def _offer(self, ticket: Ticket, in_reach: tuple[Armed, ...], now: float) -> None:
        """The first of the faults that wants the request has it."""
        request = ticket.request
        for armed in in_reach:
            fault = armed.fault
            if not fault.swallows and (fault.on_connect or fault.on_upload):
                continue
            if fault.concerns_model(request.model) and armed.hits(request.who, request.stream, now):
                self._plan_fault(ticket, armed)
                break

    def _plan_fault(self, ticket: Ticket, armed: Armed) -> None:
        ticket.fault = armed
        self.timeline.counts[armed.mark.fault].planned += 1
        changed = armed.fault.apply(ticket.segment, armed.mark)
        if changed is None:
            ticket.is_pending = True  # its moment lies in a segment that is not known yet
        else:
            ticket.segment = changed

    def receive(self, ticket: Ticket, now: float) -> Plan | None:
        """The request has arrived: None if it has a slot now or waits for one, else the plan of its refusal."""
        if self._gate is not None and (refusal := self._gate.refuses(ticket.request, now)) is not None:
            return refusal
        if not self.slots.take(ticket):
            if self.slots.is_queue_full():
                return (Head(529), ERRORS[529], FINISH)
            self.slots.wait(ticket)
        return None

    def admit(self, ticket: Ticket, now: float) -> Plan | None:
        """The request has arrived: the next segment, or None while it waits for a slot."""
        refusal = self.receive(ticket, now)
        return self.granted(ticket, now) if refusal is None and ticket.has_slot else refusal

    def granted(self, ticket: Ticket, now: float) -> Plan:
        """A slot is there: the next segment."""
        plan = self.planned(ticket, *self.pace(ticket, now))
        if ticket.is_pending and ticket.fault is not None:
            changed = ticket.fault.fault.apply(plan, ticket.fault.mark)
            if changed is not None:
                ticket.is_pending = False
                return changed
        return plan

    def pace(self, ticket: Ticket, now: float) -> tuple[float, float]:
        """A slot is there: the seconds to the first token, its way back included, and between two, as load and draws
        make them."""
        ticket.granted_at = now
        latency, label = self._latency, ticket.label
        first, gap = latency.first_token(label, ticket.request.input_tokens), latency.token_gap(label)
        ticket.base = first + ticket.output_tokens * gap
        if self._slows:
            stretch = self.slots.stretch()
            first, gap = first * stretch, gap * stretch
        return first + 0.5 * ticket.round_trip, gap

    def planned(self, ticket: Ticket, first: float, gap: float) -> Plan:
        """The answer at that pace, if nothing happens to it."""
        request, count = ticket.request, ticket.output_tokens
        if request.stream and request.reply is not None:
            blocks = [len(block.pieces) for block in request.reply.blocks]
            return (Wait(first), HEAD_SSE, START, *streamed(blocks, gap), RELEASE, *ENDING, FINISH)
        if request.stream:
            return (Wait(first), *BEGINNING, Tokens(count, gap), *ENDED)
        if self.meter is not None:
            return (Wait(first), Making(count, gap), RELEASE, *WHOLE)
        return (Wait(first + count * gap), *SERVED)

    def release(self, ticket: Ticket, now: float) -> None:
        """The ticket's slot is free again, or was never taken; whoever waits goes on."""
        following = self.slots.release(ticket)
        if following is not None:
            assert isinstance(following, Ticket)
            assert following.resume is not None
            following.resume(now)

    def fired(self, fault: int, ticket: Ticket) -> None:
        """A fault has taken effect."""
        ticket.has_fired = True
        self.timeline.counts[fault].fired += 1

    def gone(self, ticket: Ticket, now: float) -> bool:
        """The client has left. Whether the work is dropped; if not, the player goes on with nobody listening."""
        ticket.left = now
        if self._cancels:
            self.drop(ticket, now)
        return self._cancels

    def drop(self, ticket: Ticket, now: float) -> None:
        """It is over: take back everything the ticket holds, and enter it in the journal. Idempotent."""
        if ticket.is_waiting:
            self.slots.give_up(ticket)
        if ticket.has_slot:
            self.release(ticket, now)
        if ticket.ended is None:
            ticket.ended = now
            ticket.resume = None  # or player and ticket would hold each other, and wait for the garbage collector
            del self._under_way[ticket]
            self._enter(ticket)

    def _enter(self, ticket: Ticket) -> None:
        served = ticket.record()
        if self._keeps_journal:
            self._served.append(served)
        if self._gate is not None:
            self._gate.over(served)
        if self.listener is not None:
            kind = ticket.fault.fault.kind if ticket.fault else ""
            self.listener(served, Besides(ticket.request.model, kind))

    def _turned_away(self, entry: TurnedAway, kind: str) -> None:
        if self.listener is not None:
            self.listener(entry, Besides("", kind))

    def begin_phase(self, index: int) -> Phase:
        """The backend's clock has reached a phase; returns it, so that the backend can hit what it must."""
        return self.timeline.begin(index)

    def struck(self, ticket: Ticket, rest: Plan, now: float) -> Plan | None:
        """What becomes of a request in flight, of which `rest` is still to come, when a phase begins that hits it.

        None: it goes on as it was. Before its headers a fault keeps its own moment if that is still ahead; inside an
        answer it strikes at once.
        """
        if ticket.fault is not None:
            return None
        for armed in self.timeline.in_force:
            request = ticket.request
            if not (armed.fault.concerns_model(request.model) and armed.hits(request.who, request.stream, now)):
                continue
            changed = armed.fault.apply(rest, armed.mark) if is_unanswered(rest) else None
            if changed is None and ADMIT in rest and not armed.fault.on_connect:
                ticket.is_pending = True
            elif (changed := changed or armed.fault.strike(rest, armed.mark)) is None:
                continue
            elif ticket.is_waiting and ADMIT in changed:
                continue  # it has been admitted: to ask again would charge it twice and cost it its place
            ticket.fault = armed
            self.timeline.counts[armed.mark.fault].planned += 1
            if changed is not None:
                self.slots.give_up(ticket)
            return changed
        return None

    def quotas(self, now: float, key: str = "", model: str = "") -> list[Quota]:
        """The state of each quota that is limited, for whoever has that key and asks for that model."""
        return [] if self._gate is None else self._gate.quotas(now, key, model)

    @property
    def under_way(self) -> int:
        """How many requests are being answered, or made an answer for."""
        return len(self._under_way)

    def journal(self) -> list[Served]:
        """Every request so far that is kept, or under way, in the order of (arrival, identity)."""
        served = [*self._served, *(ticket.record() for ticket in self._under_way)]
        return sorted(served, key=attrgetter("arrived", "who"))
