"""One run of a program on the wire, in real time."""

from __future__ import annotations

from brownout.fakes.draws import Identity
from brownout.fakes.endpoint import Endpoint
from brownout.fakes.wire.apart import WireThread
from brownout.fakes.wire.server import UNSEEN

from ...ledger import Ledger
from ...program import Program
from ...scenario import Scenario
from ...testing.environment import environment
from ...testing.loopback import only_loopback
from ..sdk.client import on_our_clock
from ..wire.secured import secured, trusted_here
from ..wire.warm_up import warm_up
from .inherited import threads_inherit
from .playable import check_seen
from .run import in_a_loop, play
from .tap import tapped


def run(scenario: Scenario, program: Program, seed: int, scale: float = 1.0) -> Ledger:
    """Play one program through one scenario under one seed. There is no scaling the time that a program knows."""
    endpoint = Endpoint(scenario.service(), seed)
    with secured(scenario) as tls, WireThread(endpoint, tls.tls, tls.untrusted) as there:
        server = there.server

        def connect(who: Identity, stream: bool, is_dark: bool) -> None:
            if server.is_dark is is_dark:
                endpoint.entrance.connect(who, stream, server.clock.now(), stages=UNSEEN)

        def connecting(who: Identity, stream: bool) -> None:
            there.tell(lambda: connect(who, stream, is_dark=True))

        def refused(who: Identity, stream: bool) -> None:
            there.tell(lambda: connect(who, stream, is_dark=False))  # in the dark it was counted when it began

        def begin() -> None:
            there.do(server.begin)

        def check() -> None:
            there.do(lambda: check_seen(program, server, strays))

        async def warm() -> Ledger:
            await warm_up()
            return await play(scenario, program, seed, begin, check, connecting, refused)

        tap = tapped(lambda host, port: (host, port) == (server.host, server.port))
        with (
            environment(there.url),
            trusted_here(tls),
            only_loopback() as strays,
            on_our_clock(1.0),
            threads_inherit(),
            tap,
        ):
            ledger = in_a_loop(warm())
    ledger.close(endpoint)
    return ledger
