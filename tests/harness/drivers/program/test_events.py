"""Reading along in a stream: however it is cut into chunks, the same has come of it."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from brownout.harness.drivers.program.events import Events
from brownout.harness.policies.outcome import Outcome

START = b'event: message_start\ndata: {"type":"message_start"}\n\n'
TEXT = b'event: content_block_delta\ndata: {"type":"content_block_delta","delta":{"text":"event: message_stop"}}\n\n'
PING = b'event: ping\ndata: {"type": "ping"}\n\n'
WHY = b'event: message_delta\ndata: {"type":"message_delta","delta":{"stop_reason":"end_turn"}}\n\n'
STOP = b'event: message_stop\ndata: {"type":"message_stop"}\n\n'
ERROR = b'event: error\ndata: {"type":"error"}\n\n'
events = st.lists(st.sampled_from([START, TEXT, PING, WHY, STOP, ERROR]), max_size=12)


def fed(chunks: list[bytes]) -> tuple[int, Outcome | None, bool]:
    """All that is known in the end."""
    seen = Events()
    count = sum(seen.feed(chunk) for chunk in chunks)
    return count, seen.outcome, seen.is_whole


@given(events, st.lists(st.integers(0, 1500), max_size=20), st.booleans())
def test_chunks_do_not_matter(parts: list[bytes], cuts: list[int], is_crlf: bool) -> None:
    """Nor how lines end."""
    whole = b"".join(parts)
    if is_crlf:
        whole = whole.replace(b"\n", b"\r\n")
    at = [0, *sorted(min(cut, len(whole)) for cut in cuts), len(whole)]
    count, outcome, is_whole = fed([whole[start:end] for start, end in pairwise(at)])
    assert count == parts.count(TEXT)
    assert is_whole == (WHY in parts)
    kind = None if outcome is None else outcome.kind
    assert kind == ("stream_error" if ERROR in parts else "ok" if STOP in parts else None)


@given(st.lists(st.binary(max_size=200), max_size=20))
def test_bytes_that_are_no_events_do_no_harm(chunks: list[bytes]) -> None:
    """Whatever they are."""
    count, _, _ = fed(chunks)
    assert 0 <= count <= b"".join(chunks).count(b"content_block_delta")
