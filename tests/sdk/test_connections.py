"""The simulator's client against the SDK over its real connection pool: after which answers a connection is kept."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from .clients import CLIENTS, AnyClient, SdkClient, SimClient
from .observe import ENDINGS, Reply, Script
from .predict import jitter

PLAIN, STREAM = False, True
WHOLE, TRUNCATED, IN_STREAM_ERROR = (Reply(200, ending=ending) for ending in ("whole", "truncated", "error"))
BREAKS = ("ReadError", "ReadTimeout", "RemoteProtocolError")


@pytest.fixture(params=CLIENTS)
def client(request: pytest.FixtureRequest) -> Iterator[AnyClient]:
    """Either client."""
    with closing(CLIENTS[request.param]()) as made:
        yield made


def script(stream: bool, *replies: Reply) -> Script:
    """A call that meets these."""
    return Script(list(replies), len(replies) - 1, stream, [jitter(n) for n in range(len(replies))])


@pytest.mark.parametrize(
    ("stream", "reply", "is_kept"),
    [
        (PLAIN, WHOLE, True),
        (STREAM, WHOLE, True),
        (STREAM, TRUNCATED, True),
        (STREAM, IN_STREAM_ERROR, False),
        (PLAIN, Reply(529), True),
        (STREAM, Reply(529), True),
        (STREAM, Reply(400), True),
        *[(stream, Reply(200, raises=raises), False) for stream in (PLAIN, STREAM) for raises in BREAKS],
        *[(stream, Reply(0, raises=raises), False) for stream in (PLAIN, STREAM) for raises in BREAKS],
    ],
)
def test_how_a_call_ends_decides_whether_its_connection_is_kept(
    client: AnyClient, stream: bool, reply: Reply, is_kept: bool
) -> None:
    """An answer read to its end leaves the connection to the next call, whatever it said."""
    client.call(script(stream, reply))
    assert client.call(script(PLAIN, WHOLE)).fresh == [not is_kept]


@pytest.mark.parametrize(("stream", "is_kept"), [(PLAIN, True), (STREAM, False)])
def test_streaming_request_that_is_retried_drops_its_connection(client: AnyClient, stream: bool, is_kept: bool) -> None:
    """The SDK reads an error's body before it retries, but not that of a streaming request."""
    assert client.call(script(stream, Reply(529), WHOLE)).fresh == [True, not is_kept]


def test_connection_expires_while_the_sdk_waits_to_retry(client: AnyClient) -> None:
    """A `retry-after` of more than five seconds costs a new connection."""
    short, long = (Reply(429, {"retry-after": seconds}) for seconds in ("5", "6"))
    assert client.call(script(PLAIN, short, long, WHOLE)).fresh == [True, False, True]


breaks = st.sampled_from(BREAKS)
replies = st.one_of(
    st.sampled_from((400, 429, 500, 529)).map(Reply),
    st.sampled_from(("1", "4.5", "5", "6", "61")).map(lambda seconds: Reply(429, {"retry-after": seconds})),
    st.sampled_from(("true", "false")).map(lambda again: Reply(529, {"x-should-retry": again})),
    st.sampled_from(("ConnectError", *BREAKS)).map(lambda raises: Reply(0, raises=raises)),
    st.sampled_from(sorted(ENDINGS)).map(lambda ending: Reply(200, ending=ending)),
    breaks.map(lambda raises: Reply(200, raises=raises)),
)
calls = st.lists(st.tuples(st.sampled_from((0.0, 2.0, 5.0, 5.5)), st.booleans(), st.tuples(*3 * [replies])), min_size=3)


@settings(max_examples=150, deadline=None)
@given(calls=calls)
def test_simulated_client_agrees_with_the_sdk(calls: list[tuple[float, bool, tuple[Reply, ...]]]) -> None:
    """Attempts, waits, exceptions, connections and the time are the same, call after call."""
    with closing(SdkClient()) as real, closing(SimClient()) as simulated:
        for seconds, stream, replies in calls:
            for client in (real, simulated):
                client.rest(seconds)
            assert simulated.call(script(stream, *replies)) == real.call(script(stream, *replies))
