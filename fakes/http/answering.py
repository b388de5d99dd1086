"""What one connection sends: an answer as its plan is played, and what becomes of the connection then. The sink of the
player."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ..api.messages import Create
from ..backend import Handle
from ..draws import Identity
from ..plan import Close, Drip, Finish, Head, Idle, Reset, Step, Tokens, Vanish
from ..player import Player
from ..reply import Reply
from ..ticket import Request, Ticket
from ..timeline import Armed
from . import encoding, message
from .encoding import quota_headers
from .incoming import Requests
from .rendering import Rendering, Surroundings

if TYPE_CHECKING:
    from .server import Server

_WHOLE = Head()


class Answering(Requests):
    """One answer after the other; which, a subclass says."""

    def __init__(self, server: Server) -> None:
        super().__init__(server.heads, server.bounds)
        self._server = server
        self._player: Player | None = None
        self._ticket: Ticket | None = None
        self._rendering: Rendering | None = None
        self._is_answered = False
        """Whether it is an answer that is being sent, and no error."""
        self._scripted: Reply | None = None
        """What the answer was made of, if it is to be given back where nobody gets it."""
        self._is_dead = False
        """Whether what the client sends goes nowhere."""
        self._ending: Idle | None = None
        """How the connection is to be ended once it is idle."""
        self._idle_timer: Handle | None = None

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

    def strike_idle(self, by_reset: bool = True) -> None:
        """The phase that begins breaks idle connections."""
        if by_reset:
            self._reset()
        else:
            self._transport.close()

    def _reply(self, asked: Create, who: Identity) -> Reply | None:
        server = self._server
        reply, self._scripted = server.replies.to(asked, who, server.endpoint.output_tokens)
        return reply

    def _settle(self, *, is_got: bool) -> None:
        """The answer is over, one way or the other."""
        scripted, self._scripted = self._scripted, None
        if scripted is not None and not is_got:
            self._server.replies.give_back(scripted)

    def _send_whole(self, ticket: Ticket) -> None:
        """All of an answer that nobody has to play."""
        body = message.body(ticket)
        head = encoding.head(_WHOLE, message.identifier("req", ticket), len(body), self._last())
        self._transport.write(head + body)
        self._scripted = None
        if self._is_last:
            self._transport.close()

    def _play(self, request: Request, now: float, is_fresh: bool, lost_to: tuple[Armed, ...]) -> None:
        """An answer that takes its time."""
        server = self._server
        if request.patience is not None and server.clock.scale != 1.0:
            request = request._replace(patience=request.patience * server.clock.scale)
        self._ticket = server.endpoint.answer(request, now, is_fresh, lost_to)
        around = Surroundings(self._more, server.time_of_day, server.clock.scale)
        self._rendering = Rendering(self._ticket, around)
        self._player = Player(server.endpoint, self._ticket, server.clock, self)
        self._player.play()

    # -- what the player gives

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


_ACTS: dict[type, Callable[[Answering, Any], None]] = {
    Head: Answering._begin,
    Finish: Answering._finish,
    Close: Answering._close,
    Vanish: Answering._vanish,
    Idle: Answering._will_end,
    Reset: lambda answering, step: answering._reset(),
}
"""What steps do beside being sent."""
