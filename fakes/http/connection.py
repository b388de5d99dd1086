"""One accepted connection: HTTP/1.1 in, the played plan out. The protocol's sink, and nothing of the brain."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ..api.messages import Create
from ..api.plain import Rejected
from ..draws import Identity
from ..faults.base import STAGES
from ..plan import Close, Drip, Finish, Head, Idle, Reset, Step, Tokens, Vanish
from ..player import Handle, Player
from ..reply import Reply
from ..ticket import Request, Ticket
from ..timeline import Armed
from . import encoding, message
from .at_once import as_bytes
from .encoding import quota_headers
from .heads import Incoming, RequestHead
from .incoming import Requests
from .rendering import Rendering, Surroundings
from .requests import named, read

if TYPE_CHECKING:
    from .server import Server


_WHOLE = Head()


class Connection(Requests):
    """Requests are answered one after the other; what a client pipelines waits its turn."""

    def __init__(self, server: Server, is_let_in: bool = False, has_knocked: bool = True) -> None:
        """`is_let_in`: the faults that keep connections out have been asked about this one; `has_knocked`: those that
        need not know whose it is."""
        super().__init__(server.heads, server.bounds)
        self._server = server
        self._is_let_in, self._has_knocked = is_let_in, has_knocked
        self._player: Player | None = None
        self._ticket: Ticket | None = None
        self._rendering: Rendering | None = None
        self._is_answered = False
        """Whether it is an answer that is being sent, and no error."""
        self._scripted: Reply | None = None
        """What the answer was made of, if it is to be given back where nobody gets it."""
        self._is_fresh = True
        self._is_dead = False
        """Whether what the client sends goes nowhere."""
        self._ending: Idle | None = None
        """How it is to be ended once it is idle."""
        self._idle_timer: Handle | None = None
        self._lost_to: tuple[Armed, ...] = ()
        self._who: Identity | None = None
        """Who sends the request of which the headers alone have come, if he had to be asked then."""
        self._has_finished = False
        """Whether the client sends nothing more, and waits for what it has asked."""

    @property
    def is_idle(self) -> bool:
        return self._player is None and not self._is_dead

    @property
    def player(self) -> Player | None:
        return self._player

    @property
    def who(self) -> Identity:
        """Who is being answered."""
        assert self._ticket is not None
        return self._ticket.request.who

    @property
    def is_awaited(self) -> bool:
        """Whether somebody is being answered, and will be to the end."""
        return self._player is not None and not self._player.is_stuck

    def wind_up(self) -> None:
        """What is being answered is the last here."""
        self._is_last = True
        self._waiting.clear()
        if self._player is None:
            self._transport.close()

    def strike_idle(self, by_reset: bool = True) -> None:
        """The phase that begins breaks idle connections."""
        if by_reset:
            self._reset()
        else:
            self._transport.close()

    def forget_idle(self, lost_to: tuple[Armed, ...]) -> None:
        """The phase that begins has lost idle connections; whose request comes next decides whether this is one."""
        self._lost_to = lost_to

    # -- asyncio's side

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        if self._server.is_over or self._server.is_full:
            self._transport.abort()
        else:
            self._server.connections[self] = None

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._server.connections.pop(self, None)
        if self._idle_timer is not None:
            self._idle_timer.cancel()
        player, self._player = self._player, None
        if player is not None:
            self._settle(is_got=False)
            player.abandon()
        self._ticket = self._rendering = None

    def eof_received(self) -> bool:
        """A FIN. Whoever has only shut its writing side gets what it has asked for, to the end; whoever is gone has
        left. TLS knows no such difference."""
        if self._is_free or not self._transport.can_write_eof() or not self._server.is_there(self._transport):
            return False
        self._patience.end()  # what has come in part will never be whole
        self._has_finished = True
        self._is_last = self._is_last or not self._waiting
        return True

    def data_received(self, data: bytes) -> None:
        if self._ending is not None and self.is_idle:
            if self._idle_timer is not None:
                self._idle_timer.cancel()
            if self._ending.after is None:
                self._end_beneath(self._ending)
                return
        super().data_received(data)

    @property
    def _watches_heads(self) -> bool:
        in_reach = self._server.endpoint.timeline.in_reach
        return bool(in_reach) and self.is_idle and any(each.fault.on_upload for each in in_reach)

    def _stops_at(self, head: RequestHead, came: int) -> bool:
        server = self._server
        if not head.is_message:
            return False
        server.request_arrived()
        try:
            self._who = self._who or server.register.who(head.caller)
        except Rejected:
            return False  # its body is read for the sake of what comes behind it
        server.asking.request = named(head.caller, self._who)
        if server.endpoint.entrance.upload(self._who, server.clock.now()) is None:
            return False
        self._die()
        server.stop_reading(self._transport, came)
        return True

    def _take(self, asked: Incoming | Rejected) -> None:
        if isinstance(asked, Rejected):
            self._is_last = True
            self._refuse(asked)
            return
        head, body = asked
        is_fresh, self._is_fresh = self._is_fresh, False
        self._is_last = not head.keeps_alive or (self._has_finished and not self._waiting)
        try:
            if head.is_message:
                who, self._who = self._who, None
                self._serve(read(head, body, self._server.register, self._reply, who), is_fresh)
            else:
                plain = self._server.at_once.answer(head, body, self._server.clock.now())
                self._tell(plain.status, plain.content_type, plain.headers, as_bytes(plain), head.method != "HEAD")
        except Rejected as rejected:
            self._refuse(rejected, head.method != "HEAD")

    def _refuse(self, rejected: Rejected, has_body: bool = True) -> None:
        request_id = self._server.request_id()
        told = message.error(rejected.error, request_id)
        self._tell(rejected.status, "application/json", rejected.headers, told, has_body, request_id)

    def _reply(self, asked: Create, who: Identity) -> Reply | None:
        server = self._server
        reply, self._scripted = server.replies.to(asked, who, server.endpoint.output_tokens)
        return reply

    def _settle(self, *, is_got: bool) -> None:
        """The answer is over, one way or the other."""
        scripted, self._scripted = self._scripted, None
        if scripted is not None and not is_got:
            self._server.replies.give_back(scripted)

    def _serve(self, request: Request, is_fresh: bool) -> None:
        server = self._server
        server.request_arrived()
        now = server.clock.now()
        if not self._lost_to and (whole := server.endpoint.whole(request, now)) is not None:
            self._send_whole(whole)
        elif self._lets_in(request, now, is_fresh):
            self._play(request, now, is_fresh)

    def _send_whole(self, ticket: Ticket) -> None:
        """All of an answer that nobody has to play."""
        body = message.body(ticket)
        head = encoding.head(_WHOLE, message.identifier("req", ticket), len(body), self._last())
        self._transport.write(head + body)
        self._scripted = None
        if self._is_last:
            self._transport.close()

    def _lets_in(self, request: Request, now: float, is_fresh: bool) -> bool:
        """Whether the connection is one that the port would have kept out, could it tell."""
        server = self._server
        server.asking.request = request
        if self._is_let_in or not is_fresh:
            return True
        stages = STAGES if server.speaks_tls(self._transport) else STAGES - {"tls"}
        kept_out = server.endpoint.entrance.connect(
            request.who, request.stream, now, stages=stages, has_knocked=self._has_knocked
        )
        if kept_out is None:
            return True
        self._settle(is_got=False)
        if kept_out.fault.stage == "tls":
            server.endpoint.entrance.turn_away(kept_out, now)
        if kept_out.fault.opening in ("lost", "tls_hangs"):
            self._die()
        else:
            self._reset()
        return False

    def _play(self, request: Request, now: float, is_fresh: bool) -> None:
        server = self._server
        if request.patience is not None and server.clock.scale != 1.0:
            request = request._replace(patience=request.patience * server.clock.scale)
        lost_to, self._lost_to = self._lost_to, ()
        self._ticket = server.endpoint.answer(request, now, is_fresh, lost_to)
        around = Surroundings(self._more, server.time_of_day, server.clock.scale)
        self._rendering = Rendering(self._ticket, around)
        self._player = Player(server.endpoint, self._ticket, server.clock, self)
        self._player.play()

    def _tell(
        self, status: int, kind: str, headers: Mapping[str, str], body: bytes, has_body: bool, request_id: str = ""
    ) -> None:
        """Answer at once."""
        fields = {"content-type": kind, "request-id": request_id or self._server.request_id()}
        head = encoding.plain_head(status, fields | {"content-length": str(len(body)), **headers} | self._last())
        self._transport.write(head + body if has_body else head)
        if self._is_last:
            self._part()

    # -- the player's side

    def emit(self, step: Step) -> None:
        """Send a step's bytes, or do what it says of the connection."""
        if self._transport.is_closing() or self._rendering is None or self._player is None:
            return
        if data := self._rendering.bytes_of(step, self._player.upcoming):
            self._transport.write(data)
            if self._is_unread:
                self._hold_to_bounds()
        if (act := _ACTS.get(step.__class__)) is not None:
            act(self, step)

    def measure(self, step: Drip) -> int:
        if self._rendering is None or self._player is None:
            return 0
        return self._rendering.measure(step, self._player.upcoming)

    def accepts_run(self, run: Tokens) -> bool:
        return False

    def _begin(self, step: Head) -> None:
        self._is_answered = step.status == 200

    def _more(self) -> Mapping[str, str]:
        """Headers beside those of the answer itself."""
        assert self._ticket is not None
        server, request, more = self._server, self._ticket.request, self._last()
        if quotas := server.endpoint.quotas(server.clock.now(), request.key, request.model):
            return quota_headers(quotas, server.time_of_day(), server.clock.scale) | more
        return more

    def _close(self, step: Step) -> None:
        self._transport.close()

    def _will_end(self, step: Idle) -> None:
        self._ending = step

    def _vanish(self, step: Step) -> None:
        """Nothing comes through any more."""
        self._settle(is_got=False)
        self._player = self._ticket = self._rendering = None
        self._die()

    def _die(self) -> None:
        """What is sent here goes nowhere. It is taken all the same: else nobody would see that the client has left."""
        self._is_dead = True
        self._waiting.clear()
        self._hear_no_more()

    def _finish(self, step: Step) -> None:
        self._settle(is_got=self._is_answered)
        self._player = self._ticket = self._rendering = None
        ending = self._ending
        if self._is_last:
            self._transport.close()
        elif ending is not None and ending.after is None and self._waiting:
            self._end_beneath(ending)
        else:
            self._next()
            if ending is not None and ending.after is not None and self.is_idle:
                self._idle_timer = self._server.clock.timer(ending.after, self._end_idle, ending)

    def _end_beneath(self, ending: Idle) -> None:
        """The next request has come, and nobody reads it."""
        self._die()
        self._idle_timer = self._server.clock.timer(ending.late, self._end_idle, ending)

    def _end_idle(self, ending: Idle, _: object) -> None:
        self.strike_idle(ending.by_reset)

    def _reset(self) -> None:
        self._server.reset(self._transport)


_ACTS: dict[type, Callable[[Connection, Any], None]] = {
    Head: Connection._begin,
    Finish: Connection._finish,
    Close: Connection._close,
    Vanish: Connection._vanish,
    Idle: Connection._will_end,
    Reset: lambda connection, step: connection._reset(),
}
"""What steps do beside being sent."""
