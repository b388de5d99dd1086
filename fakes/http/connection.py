"""One accepted connection: who is let in, what is asked, and what is answered at once. Nothing of the brain."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING

from ..api.plain import Rejected
from ..draws import Identity
from ..faults.base import STAGES
from ..ticket import Request
from ..timeline import Armed
from . import encoding, message
from .answering import Answering
from .at_once import as_bytes
from .heads import Incoming, RequestHead
from .requests import named, read

if TYPE_CHECKING:
    from .server import Server


class Connection(Answering):
    """Requests are answered one after the other; what a client pipelines waits its turn."""

    def __init__(self, server: Server, is_let_in: bool = False, has_knocked: bool = True) -> None:
        """`is_let_in`: the faults that keep connections out have been asked about this one; `has_knocked`: those that
        need not know whose it is."""
        super().__init__(server)
        self._is_let_in, self._has_knocked = is_let_in, has_knocked
        self._is_fresh = True
        self._lost_to: tuple[Armed, ...] = ()
        self._who: Identity | None = None
        """Who sends the request of which the headers alone have come, if he had to be asked then."""
        self._has_finished = False
        """Whether the client sends nothing more, and waits for what it has asked."""

    def wind_up(self) -> None:
        """What is being answered is the last here."""
        self._is_last = True
        self._waiting.clear()
        if self._player is None:
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

    def _serve(self, request: Request, is_fresh: bool) -> None:
        server = self._server
        server.request_arrived()
        now = server.clock.now()
        if not self._lost_to and (whole := server.endpoint.whole(request, now)) is not None:
            self._send_whole(whole)
        elif self._lets_in(request, now, is_fresh):
            lost_to, self._lost_to = self._lost_to, ()
            self._play(request, now, is_fresh, lost_to)

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

    def _tell(
        self, status: int, kind: str, headers: Mapping[str, str], body: bytes, has_body: bool, request_id: str = ""
    ) -> None:
        """Answer at once."""
        fields = {"content-type": kind, "request-id": request_id or self._server.request_id()}
        head = encoding.plain_head(status, fields | {"content-length": str(len(body)), **headers} | self._last())
        self._transport.write(head + body if has_body else head)
        if self._is_last:
            self._part()
