"""Requests out of bytes: what is read of a head that was seen before is what a parser reads of it."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from brownout.fakes.api.plain import Rejected
from brownout.fakes.http.heads import Heads, Incoming, RequestHead
from brownout.fakes.http.incoming import Requests


class Transport:
    is_over = False

    def write(self, data: bytes) -> None:
        pass

    def is_closing(self) -> bool:
        return self.is_over


class Listener(Requests):
    """Keeps what it is asked, and answers nothing. Hangs up where a server would."""

    def __init__(self, heads: Heads) -> None:
        super().__init__(heads)
        self._made: Any = Transport()
        self.connection_made(self._made)
        self.asked: list[Incoming | Rejected] = []

    @property
    def is_idle(self) -> bool:
        return True

    def _take(self, asked: Incoming | Rejected) -> None:
        self.asked.append(asked)
        self._made.is_over = isinstance(asked, Rejected) or not asked.head.keeps_alive


def read(pieces: list[bytes], heads: Heads) -> list[Any]:
    listener = Listener(heads)
    for piece in pieces:
        listener.data_received(piece)
    return [each if isinstance(each, Incoming) else (each.status, each.error) for each in listener.asked]


METHODS = st.sampled_from(["GET", "POST", "DELETE"])
BODIES = st.sampled_from([b"", b"{}", b"\r\n\r\n", b"x\r\n\r\n{}", b"POST / HTTP/1.1\r\n\r\n"])
ENDS = st.sampled_from([b"\r\n", b"\r\n", b"\r\n", b"\n"])
MORE = st.sampled_from(
    [b"", b"X-Api-Key: k", b"connection: close", b"transfer-encoding: chunked", b"expect: 100-continue", b"upgrade: h2"]
)


@st.composite
def requests(draw: st.DrawFn) -> bytes:
    """Plain ones, as nearly all are, and some that are not: other line ends, no length, a wrong one, noise before."""
    body, end = draw(BODIES), draw(ENDS)
    length = draw(st.sampled_from([len(body), len(body), len(body), None, len(body) + 1]))
    lines = [draw(METHODS).encode() + b" /v1/messages HTTP/1.1", b"host: localhost", draw(MORE)]
    lines += [] if length is None else [b"content-length: %d" % length]
    before = draw(st.sampled_from([b"", b"", b"", b"\r\n\r\n", b"\r\n"]))
    return before + end.join(line for line in lines if line) + end + end + body


@given(st.lists(requests(), min_size=1, max_size=8), st.data())
def test_what_is_known_is_read_as_a_parser_reads_it(whole: list[bytes], data: st.DataObject) -> None:
    """However the bytes are cut into pieces, and whoever else has sent the same: byte by byte nothing is known."""
    sent = b"".join(whole)
    cuts = sorted(data.draw(st.sets(st.integers(0, len(sent)), max_size=3)))
    pieces = [sent[a:b] for a, b in zip([0, *cuts], [*cuts, len(sent)], strict=True) if a < b]
    expected = read([bytes([byte]) for byte in sent], Heads())
    heads = Heads()
    read(whole, heads)
    assert read(pieces, heads) == expected
    assert read(whole, heads) == expected


def test_a_head_that_comes_again_is_not_parsed_again() -> None:
    """The very object: what was made of its headers is made once."""
    request = b"POST / HTTP/1.1\r\nx-api-key: k\r\ncontent-length: 2\r\n\r\n"
    heads = Heads()
    first, second = read([request + b"{}", request + b"[]"], heads)
    assert first.head is second.head
    assert (first.body, second.body) == (b"{}", b"[]")
    assert read([request + b"{}"], heads)[0].head is first.head


def test_what_is_kept_is_bounded() -> None:
    """A client that never sends the same twice, or one of the longest, cannot fill the memory."""
    heads = Heads()
    for number in range(10_000):
        headers = {"content-length": "0", "x": str(number)}
        heads.keep(
            b"GET / HTTP/1.1\r\nx: %d\r\ncontent-length: 0\r\n\r\n" % number, RequestHead("GET", "/", headers), b""
        )
    heads.keep(b"GET / HTTP/1.1\r\nx: %b\r\n\r\n" % bytes(9000), RequestHead("GET", "/", {"content-length": "0"}), b"")
    kept = list(heads._known)
    assert 0 < len(kept) <= 256
    assert max(map(len, kept)) <= 4096
