"""Ten thousand connections that say nothing, and one client that wants to be served."""

from __future__ import annotations

import json
import resource
import socket
import struct
import sys
import urllib.request
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import anthropic
import pytest

from brownout.fakes.wire.descriptors import raise_limit

from .served import PATIENCE, Served

CROWD = 10_000
RESET = struct.pack("ii", 1, 0)
"""So that ports are free again at once."""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_a_crowd_that_says_nothing_is_in_nobodys_way(tmp_path: Path) -> None:
    """Others are served, on new connections; when the crowd has left nothing of it is there."""
    raise_limit()
    if resource.getrlimit(resource.RLIMIT_NOFILE)[0] < CROWD + 500:
        pytest.skip("too few files")
    with Served(tmp_path, "calm", "--time-scale", "50") as server:
        port = int(server.url.rpartition(":")[2])
        before = _files(server)
        with ExitStack() as crowd:
            for _ in range(CROWD):
                sock = crowd.enter_context(socket.create_connection(("127.0.0.1", port), PATIENCE))
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            for _ in range(3):
                assert _ask(server.url).stop_reason is not None
            assert _files(server) >= before + CROWD
            assert _state(server)["requests"]["served"] == 3
        assert _ask(server.url).stop_reason is not None
        while _files(server) > before + 10:
            assert _state(server)["requests"]["under_way"] == 0
    assert "\nServed 4 requests.\n" in server.said.out
    assert server.said.err == ""


def _files(server: Served) -> int:
    return len([*Path(f"/proc/{server.pid}/fd").iterdir()])


def _ask(url: str) -> Any:
    with anthropic.Anthropic(base_url=url, api_key="none", max_retries=0, timeout=PATIENCE) as client:
        return client.messages.create(
            model="any-model", max_tokens=10, messages=[{"role": "user", "content": "How are you?"}]
        )


def _state(server: Served) -> Any:
    with urllib.request.urlopen(f"{server.control_url}/state", timeout=PATIENCE) as answer:
        return json.load(answer)
