"""A server in a thread of its own: it serves who holds up theirs, and leaves nothing behind."""

from __future__ import annotations

import http.client
import json
import threading

from brownout.fakes.draws import Identity
from brownout.fakes.endpoint import Endpoint
from brownout.fakes.wire.apart import WireThread

from .serving import service

ASK = json.dumps({"model": "m", "max_tokens": 2, "messages": [{"role": "user", "content": "hi"}]})


def ask(there: WireThread, base: str = "") -> int:
    """The status of an answer to blocking code."""
    client = http.client.HTTPConnection(there.server.host, there.server.port, timeout=30)
    client.request("POST", f"{base}/v1/messages", ASK, {"x-api-key": "none"})
    answer = client.getresponse()
    answer.read()
    client.close()
    return answer.status


def test_it_serves_and_is_gone() -> None:
    """What was sent before is there when the server is asked; its thread ends, and its port is free."""
    before = threading.active_count()
    endpoint = Endpoint(service(), 1)
    with WireThread(endpoint) as there:
        there.do(there.server.begin)
        assert ask(there) == 200
        assert there.do(lambda: [served.status for served in endpoint.journal()]) == [200]
        assert there.url == f"http://{there.server.host}:{there.server.port}"
    assert threading.active_count() == before


def test_a_base_url_may_say_which_call_it_is() -> None:
    """Its requests are numbered in the order in which they come; those that say less by client."""
    endpoint = Endpoint(service(), 1)
    with WireThread(endpoint) as there:
        there.do(there.server.begin)
        for base in ("/client/3/call/7", "/client/3/call/7", "/client/3/call/8", "/client/3", "/client/3"):
            assert ask(there, base) == 200
        assert ask(there, "/client/3/call/x") == 404
        found = there.do(lambda: [served.who for served in endpoint.journal()])
    assert sorted(found) == [
        Identity(3, 0, 0),
        Identity(3, 1, 0),
        Identity(3, 7, 0),
        Identity(3, 7, 1),
        Identity(3, 8, 0),
    ]
