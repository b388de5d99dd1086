"""Whatever is sent arrives, complete and in order, however it is cut, paused and ended."""

from __future__ import annotations

from array import array

from hypothesis import assume, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from brownout.fakes.virtual.transport import ROOM
from brownout.fakes.virtual.world import World

from .peers import connected, read, settle

SIZES = st.one_of(st.integers(1, 100), st.sampled_from([1 << 14, 1 << 16, 70_000, ROOM // 2, ROOM + 1]))
AHEAD = 1 << 20
"""Bytes that a server would write though it was told to pause, at most: what has no end proves nothing."""
TEXT = array("I", range(1 << 21)).tobytes()
"""No part of it is like another. No more is sent either way."""


class Connection(RuleBasedStateMachine):
    """Two ends, of which each does as it likes."""

    def __init__(self) -> None:
        super().__init__()
        self._world = World()
        self._world.__enter__()
        self._socket, self._peer = connected(self._world, stays_open=True)
        self._sent_to_server = self._sent_to_client = 0
        self._read = bytearray()
        self._server_end = self._client_end = ""

    def teardown(self) -> None:
        self._world.__exit__(None, None, None)

    @rule(size=SIZES)
    @precondition(lambda self: not self._client_end and self._server_end != "reset")
    def client_sends(self, size: int) -> None:
        assume(self._sent_to_server + size <= len(TEXT))
        took = self._socket.send(TEXT[self._sent_to_server : self._sent_to_server + size])
        assert 0 <= took <= size
        if self._server_end in ("", "finished"):
            self._sent_to_server += took

    @rule(size=SIZES)
    @precondition(lambda self: not self._server_end and self._client_end != "closed")
    def server_sends(self, size: int) -> None:
        assume(self._sent_to_client + size <= len(TEXT))
        assume(self._peer.may_write or self._sent_to_client - len(self._read) < AHEAD)
        self._peer.transport.write(TEXT[self._sent_to_client : self._sent_to_client + size])
        self._sent_to_client += size

    @rule(most=SIZES)
    @precondition(lambda self: self._client_end != "closed")
    def client_reads(self, most: int) -> None:
        if len(self._read) < self._sent_to_client:
            data = self._socket.recv(most)
            assert data
            assert len(data) <= most
            self._read += data
        elif self._server_end != "reset":
            assert self._socket.recv(most) == (b"" if self._server_end else None)

    @rule()
    def server_pauses(self) -> None:
        self._peer.transport.pause_reading()

    @rule()
    def server_goes_on(self) -> None:
        self._peer.transport.resume_reading()

    @rule()
    def time_passes(self) -> None:
        settle(self._world)

    @rule()
    @precondition(lambda self: not self._client_end and self._server_end != "reset")
    def client_finishes(self) -> None:
        self._socket.shutdown()
        self._client_end = "finished"

    @rule(how=st.sampled_from(["finished", "closed", "reset"]))
    @precondition(lambda self: not self._server_end and self._client_end != "closed")
    def server_ends(self, how: str) -> None:
        transport = self._peer.transport
        {"finished": transport.write_eof, "closed": transport.close, "reset": transport.reset}[how]()
        self._server_end = how

    @rule()
    @precondition(lambda self: not self._client_end)
    def client_closes(self) -> None:
        self._socket.close()
        self._client_end = "closed"

    @invariant()
    def nothing_is_out_of_order(self) -> None:
        assert self._read == TEXT[: len(self._read)]
        received = self._peer.received
        assert received == TEXT[: len(received)]
        assert len(received) <= self._sent_to_server <= len(received) + ROOM
        assert "data" not in self._peer.seen[self._when("eof") :]
        assert self._peer.seen.count("lost") <= 1

    def _when(self, what: str) -> int:
        return self._peer.seen.index(what) if what in self._peer.seen else len(self._peer.seen)

    @invariant()
    def all_arrives_in_the_end(self) -> None:
        """Where both go on reading. What is left is looked at on the way, so that reading on is not all there is."""
        if (
            self._server_end in ("", "finished")
            and self._client_end == "finished"
            and self._peer.transport.is_reading()
        ):
            settle(self._world)
            assert len(self._peer.received) == self._sent_to_server
            assert "eof" in self._peer.seen

    @rule()
    @precondition(lambda self: self._client_end != "closed")
    def client_reads_all(self) -> None:
        while len(self._read) < self._sent_to_client:
            self._read += self._socket.recv(1 << 16) or b""
        settle(self._world)
        assert self._peer.may_write or self._server_end in ("closed", "reset")
        if not self._server_end:
            assert read(self._socket) == b""


Connection.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestConnection = Connection.TestCase
