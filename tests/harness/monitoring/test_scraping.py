"""A monitor over a real socket."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from http.client import HTTPConnection
from urllib.request import urlopen

import pytest

from brownout.harness.monitoring.exposition import MEDIA_TYPE
from brownout.monitor import Monitor

from .made import SONNET, finished


@pytest.fixture
def monitor() -> Iterator[Monitor]:
    with Monitor() as monitor:
        monitor(finished(0))
        yield monitor


def asked(address: str, method: str, path: str, host: str | None = None) -> tuple[int, dict[str, str], str]:
    connection = HTTPConnection(address, timeout=10)
    try:
        connection.request(method, path, headers={} if host is None else {"Host": host})
        answer = connection.getresponse()
        return answer.status, dict(answer.headers), answer.read().decode()
    finally:
        connection.close()


def test_it_is_scraped_and_looked_at(monitor: Monitor) -> None:
    address = monitor.serve("127.0.0.1:0")
    with urlopen(f"http://{address}/metrics?x=1") as answer:
        assert answer.headers["content-type"] == MEDIA_TYPE
        assert f'brownout_client_calls_total{{model="{SONNET}"}} 1.0' in answer.read().decode()
    with urlopen(f"http://{address}/") as answer:
        assert answer.headers["content-type"] == "application/json"
        assert json.load(answer)["windows"][0]["overall"]["calls"] == 1
    assert asked(address, "GET", "/etc/passwd")[0] == 404


@pytest.mark.parametrize("method", ["HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_other_methods_are_refused(monitor: Monitor, method: str) -> None:
    status, headers, _ = asked(monitor.serve("127.0.0.1:0"), method, "/metrics")
    assert (status, headers["Allow"]) == (405, "GET")


def test_a_page_that_leads_here_by_its_own_name_is_refused(monitor: Monitor) -> None:
    address = monitor.serve("127.0.0.1:0")
    assert asked(address, "GET", "/", host="evil.example")[0] == 403
    assert asked(address, "GET", "/", host="localhost:1")[0] == 200


def test_nonsense_and_silence_hold_nobody_up(monitor: Monitor) -> None:
    address = monitor.serve("127.0.0.1:0")
    host, _, port = address.rpartition(":")
    with socket.create_connection((host, int(port))) as silent, socket.create_connection((host, int(port))) as odd:
        odd.sendall(b"\x00\xff nonsense\r\n\r\n")
        assert b"400" in odd.recv(4096)
        assert asked(address, "GET", "/metrics")[0] == 200
        assert silent.fileno() > 0


def test_a_model_may_be_called_anything(monitor: Monitor) -> None:
    monitor(finished(1, model="\ud800"))
    address = monitor.serve("127.0.0.1:0")
    assert 'model="?"} 1.0' in asked(address, "GET", "/metrics")[2]
    assert len(json.loads(asked(address, "GET", "/")[2])["windows"][0]["groups"]) == 2


def test_closing_frees_the_port(monitor: Monitor) -> None:
    address = monitor.serve("127.0.0.1:0")
    with pytest.raises(RuntimeError, match="already"):
        monitor.serve("127.0.0.1:0")
    monitor.close()
    monitor.close()
    with pytest.raises(ConnectionRefusedError):
        asked(address, "GET", "/metrics")
    assert monitor.serve(address) == address


def test_it_can_be_asked_for_at_once_and_on_ipv6() -> None:
    try:
        monitor = Monitor(serve="[::1]:0")
    except OSError:
        pytest.skip("there is no IPv6 here")
    with monitor, pytest.raises(RuntimeError, match=r"\[::1\]:\d+ already"):
        monitor.serve()


@pytest.mark.parametrize(
    "address", ["", "9464", "localhost", "127.0.0.1:", "127.0.0.1:99999", "a@127.0.0.1:1", "127.0.0.1:1/x"]
)
def test_what_is_no_address(address: str, monitor: Monitor) -> None:
    with pytest.raises(ValueError, match="expected an address"):
        monitor.serve(address)


def test_other_machines_reach_it_only_if_that_is_said(monitor: Monitor) -> None:
    with pytest.raises(ValueError, match="other machines"):
        monitor.serve("0.0.0.0:0")
    address = monitor.serve("0.0.0.0:0", allow_remote=True)
    port = address.rpartition(":")[2]
    assert asked(f"127.0.0.1:{port}", "GET", "/metrics", host="from.afar")[0] == 200
