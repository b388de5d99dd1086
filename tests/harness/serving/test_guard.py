"""Who is let in at the control port, and what any body at all leads to."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import httpx2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brownout.harness.files import loads
from brownout.harness.scenario import Scenario
from brownout.harness.serving.guard import Guard, is_loopback
from brownout.harness.serving.host import Host, PortTaken, Settings
from brownout.harness.serving.operations import OPERATIONS
from brownout.harness.serving.reading import Refused

from ...loops import on_loop
from .hosting import FILE, hosted, until


@pytest.mark.parametrize("host", ["localhost", "localhost:8090", "127.0.0.1:1", "127.9.9.9", "[::1]:8090", "[::1]"])
def test_this_machine(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host",
    ["", "evil.example", "evil.example:8090", "localhost.evil.example", "127.0.0.1.evil.example", "10.0.0.1", "[::2]",
     "evil.example/@localhost", "localhost@evil.example", "evil.example@localhost", "[", "127.0.0.1:x y"],
)  # fmt: skip
def test_any_other(host: str) -> None:
    assert not is_loopback(host)


def refusal(token: str | None, headers: Mapping[str, str]) -> int:
    """The status; 200 for one that is let in."""
    try:
        Guard(token).check(headers)
    except Refused as refused:
        return refused.status
    return 200


def test_pages_of_other_sites() -> None:
    at = {"host": "localhost:8090"}
    assert refusal(None, at) == 200
    assert refusal(None, at | {"origin": "http://localhost:8090"}) == 200
    for origin in ("https://evil.example", "http://localhost:3000", "null", "http://localhost:8090.evil.example"):
        assert refusal(None, at | {"origin": origin}) == 403


def test_a_token() -> None:
    """It goes instead of the host's name: nobody's page knows it."""
    at = {"host": "brownout:8090"}
    assert refusal(None, at) == 403
    for said, status in (("Bearer s3cret", 200), ("bearer s3cret", 200), ("Bearer s3cre", 401), ("s3cret", 401)):
        assert refusal("s3cret", at | {"authorization": said}) == status
    assert refusal("s3cret", {"host": "localhost"}) == 401


@on_loop
async def test_rebinding_is_refused_over_the_wire() -> None:
    async with hosted() as here:
        for headers in ({"host": "evil.example:8090"}, {"origin": "https://evil.example"}):
            found = await here.control.post("faults", json={"fault": {"kind": "overload"}}, headers=headers)
            assert (found.status_code, found.json()["error"]["type"]) == (403, "forbidden")
        assert (await here.get("faults"))["faults"] == []


@on_loop
async def test_a_token_over_the_wire() -> None:
    async with hosted(token="s3cret") as here:
        assert (await here.state())["scenario"] == "quick"
        found = await here.control.get("state", headers={"authorization": "Bearer wrong"})
        assert (found.status_code, found.headers["www-authenticate"]) == (401, "Bearer")


@on_loop
async def test_it_answers_while_the_port_swallows_connections() -> None:
    async with hosted() as here:
        await here.post("phases", phases=[{"for": "1h", "faults": [{"kind": "blackhole"}]}])
        async with httpx2.AsyncClient(base_url=here.host.url, timeout=PATIENT) as fresh:
            with pytest.raises(httpx2.ConnectTimeout):
                await fresh.get("/v1/models")
        await here.post("phases", phases=[{"for": "1h"}])
        assert (await here.ask()).status_code == 200


PATIENT = httpx2.Timeout(30.0, connect=0.05)


@on_loop
async def test_a_port_that_is_taken_is_named() -> None:
    async with hosted() as here:
        fake, control = (int(str(url).split(":")[2].split("/")[0]) for url in (here.host.url, here.host.control_url))
        for settings, which, number in (
            (Settings(port=fake), "port", fake),
            (Settings(control_port=control), "control port", control),
        ):
            host = Host(loads(FILE, Scenario), 1, settings)
            with pytest.raises(PortTaken, match=f"cannot listen on {which} {number}: Address already in use") as taken:
                await host.start()
            assert (taken.value.which, taken.value.number) == (which, number)


@on_loop
async def test_without_a_control_port() -> None:
    host = Host(loads(FILE, Scenario), 1, Settings(control_port=None))
    await host.start()
    assert host.control_url is None
    await host.stop()


@on_loop
async def test_who_is_being_answered_is_waited_for() -> None:
    """And nobody else: no new connection, no further request, none that waits for ever."""
    async with hosted(FILE.replace("first_token: 10ms", "first_token: 4s")) as here:
        await here.post("faults", fault={"kind": "no_answer"}, test="stuck")
        asked = [asyncio.create_task(here.ask(test=test)) for test in ("stuck", "fine")]
        await until(lambda: here.host.server.endpoint.under_way == 2)
        await until(lambda: sum(connection.is_awaited for connection in here.host.server.connections) == 1)
        end = asyncio.create_task(here.host.stop(grace=30.0))
        stuck, fine = await asyncio.gather(*asked, return_exceptions=True)
        assert isinstance(stuck, httpx2.TransportError)
        assert isinstance(fine, httpx2.Response)
        assert (fine.status_code, fine.headers["connection"]) == (200, "close")
        with pytest.raises(httpx2.ConnectError):
            await here.ask()
        await end
        assert here.host.desk.journal.served == 2


# -- any body at all


class Blocking:
    """A host in a loop of its own, for hypothesis."""

    def __init__(self) -> None:
        self.runner = asyncio.Runner()
        self.here: Any = None

    @contextmanager
    def open(self) -> Iterator[Blocking]:
        entered = hosted()
        with self.runner:
            self.here = self.runner.run(entered.__aenter__())
            yield self
            self.runner.run(entered.__aexit__(None, None, None))

    def send(self, method: str, path: str, body: bytes, kind: str) -> httpx2.Response:
        asked = self.here.control.request(method, path, content=body, headers={"content-type": kind})
        answer: httpx2.Response = self.runner.run(asked)
        return answer


@pytest.fixture(scope="module")
def server() -> Iterator[Blocking]:
    with Blocking().open() as found:
        yield found


TAKING = [operation for operation in OPERATIONS if operation.body is not None]
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(
    ["overload", "stall", "10s", "50%", "text", "tool_use", "calm", "first_token", "\ud800", "true"]
)  # fmt: skip
NAMES = st.sampled_from(
    ["fault", "kind", "times", "for", "key", "test", "phases", "faults", "replies", "rules", "when", "reply", "content",
     "type", "text", "thinking", "name", "input", "usage", "stop_reason", "yaml", "share", "where", "at", "hits"]
)  # fmt: skip
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES | st.text(max_size=3), inner, max_size=4),
    max_leaves=12,
)
BODIES = (
    st.binary(max_size=200)
    | st.text(max_size=200).map(lambda text: text.encode(errors="surrogatepass"))
    | VALUES.map(lambda value: json.dumps(value).encode())
    | st.sampled_from([b"[" * 2000, b"{a: " * 500, b'{"fault":' * 2000, b"&a [*a]", b"!!python/object:os.system x"])
)


@settings(deadline=None)  # the loader may take its time
@given(st.sampled_from(TAKING), BODIES, st.sampled_from(["application/json", "application/yaml", "text/plain"]))
def test_no_body_is_an_error_of_the_server(server: Blocking, operation: Any, body: bytes, kind: str) -> None:
    found = server.send(operation.method, operation.path, body, kind)
    assert found.status_code in (operation.status, 409, 413, 422)
    if not found.is_success:
        assert found.json()["error"]["message"]
    elif operation.path == "/replies":
        for stream in (False, True):  # what was taken can be said
            assert server.runner.run(server.here.ask(stream=stream)).status_code == 200
    server.send("DELETE", "/faults", b"", kind)
    server.send("DELETE", "/replies", b"", kind)


@settings(deadline=None)  # the loader may take its time
@given(st.sampled_from(["state", "journal", "faults"]), st.text(max_size=30))
def test_no_query_is_either(server: Blocking, path: str, query: str) -> None:
    found = server.runner.run(server.here.control.get(path, params={"after": query, query: query}))
    assert found.status_code in (200, 422)


REPLIES = st.builds(
    lambda content, usage: {"replies": [{"content": content, "usage": usage}] * 2},
    st.lists(
        st.fixed_dictionaries({"type": st.just("text"), "text": st.text()})
        | st.fixed_dictionaries({"type": st.just("thinking"), "thinking": st.text()})
        | st.fixed_dictionaries(
            {"type": st.just("tool_use"), "name": st.text(), "input": st.dictionaries(NAMES, VALUES)}
        ),
        max_size=3,
    ),
    st.dictionaries(NAMES, VALUES, max_size=1),
)  # fmt: skip


@settings(deadline=None)
@given(REPLIES)
def test_every_reply_that_is_taken_can_be_sent(server: Blocking, replies: dict[str, Any]) -> None:
    """Whole and as a stream."""
    found = server.send("POST", "/replies", json.dumps(replies).encode(), "application/json")
    if found.is_success:
        for stream in (False, True):
            assert server.runner.run(server.here.ask(stream=stream)).status_code == 200
        assert server.runner.run(server.here.state())["replies_left"] == 0
    server.send("DELETE", "/replies", b"", "application/json")
