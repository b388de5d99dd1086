"""Who can reach `brownout serve`, and by what certificate: loopback alone unless more is said, TLS if it is wanted."""

from __future__ import annotations

import json
import re
import socket
import ssl
import sys
import urllib.request
from pathlib import Path

import pytest

from .command import Here
from .served import PATIENCE, Served


def has_ipv6() -> bool:
    """Whether this machine has a loopback of IPv6."""
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return True
    except OSError:
        return False


def models(url: str, context: ssl.SSLContext | None = None) -> int:
    """The status of a request to it."""
    asked = urllib.request.Request(f"{url}/v1/models", headers={"x-api-key": "none"})
    with urllib.request.urlopen(asked, timeout=PATIENCE, context=context) as answer:
        return int(answer.status)


def test_tls_by_a_certificate_that_ends_with_it(tmp_path: Path) -> None:
    """Whoever trusts the file is served by any name of loopback; whoever does not is counted; then the file is gone."""
    with Served(tmp_path, "calm", "--tls") as server:
        trusting = ssl.create_default_context(cafile=str(server.ca_file))
        assert models(server.url, trusting) == 200
        assert models(server.url.replace("127.0.0.1", "localhost"), trusting) == 200
        with pytest.raises(OSError, match="CERTIFICATE_VERIFY_FAILED"):
            models(server.url, ssl.create_default_context())
    assert server.url.startswith("https://127.0.0.1:")
    assert (server.said.code, server.said.err) == (0, "")
    assert "\n1 TLS handshakes came to nothing: does every client trust" in server.said.out
    assert not server.ca_file.parent.exists()


def test_a_certificate_in_a_file_of_ones_own(tmp_path: Path) -> None:
    """It stays, and the next start makes it anew."""
    file = tmp_path / "here.pem"
    seen = set()
    for _ in range(2):
        with Served(tmp_path, "calm", "--tls", "--ca-file", "here.pem") as server:
            assert server.ca_file == file
            assert models(server.url, ssl.create_default_context(cafile=str(file))) == 200
        seen.add(file.read_bytes())
    assert len(seen) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["here.pem"]


def test_the_control_port_is_not_heard_by_others_either(tmp_path: Path) -> None:
    """By the same certificate; who speaks plain HTTP gets no answer, so that no token is sent in the clear twice."""
    with Served(tmp_path, "calm", "--tls") as server:
        trusting = ssl.create_default_context(cafile=str(server.ca_file))
        assert server.control_url.startswith("https://127.0.0.1:")
        with urllib.request.urlopen(f"{server.control_url}/state", timeout=PATIENCE, context=trusting) as answer:
            assert json.load(answer)["scenario"] == "calm"
        with pytest.raises(OSError, match=r"(?i)reset|closed|empty"):
            urllib.request.urlopen(server.control_url.replace("https", "http") + "/state", timeout=PATIENCE)
    assert (server.said.code, server.said.err) == (0, "")


@pytest.mark.skipif(not has_ipv6(), reason="needs ::1")
@pytest.mark.parametrize("tls", [False, True], ids=["plain", "tls"])
def test_the_loopback_of_ipv6(tls: bool, tmp_path: Path) -> None:
    """An address in brackets, and in the certificate."""
    with Served(tmp_path, "calm", "--host", "::1", *(["--tls"] if tls else [])) as server:
        context = ssl.create_default_context(cafile=str(server.ca_file)) if tls else None
        assert models(server.url, context) == 200
    assert re.fullmatch(rf"http{'s' if tls else ''}://\[::1\]:\d+", server.url)
    assert server.said.err == ""


def test_others_may_reach_it_if_that_is_said(tmp_path: Path) -> None:
    """All interfaces, a warning, and the machine's own name in the certificate."""
    with Served(tmp_path, "calm", "--host", "0.0.0.0", "--allow-remote", "--tls") as server:
        assert models(server.url, ssl.create_default_context(cafile=str(server.ca_file))) == 200
    assert server.said.err.startswith("Warning: this listens on every network interface of this machine.")


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "some-machine"])
def test_nobody_else_reaches_it_by_mistake(host: str, here: Here) -> None:
    """Exit code 2 before anything listens."""
    said = here("serve", "-s", "calm", "--host", host)
    assert (said.code, said.out) == (2, "")
    assert said.err.endswith(
        f"Error: {host} can be reached from other machines, and whoever reaches it can use the service; "
        "--allow-remote says that this is meant\n"
    )


def test_an_address_that_is_not_of_this_machine(here: Here) -> None:
    """The message names it."""
    said = here("serve", "-s", "calm", "--host", "192.0.2.1", "--allow-remote", "--port", "0")
    assert said.code == 2
    assert "Error: cannot listen on 192.0.2.1, port 0: " in said.err


def test_tls_without_trustme(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message says what to install."""
    monkeypatch.setitem(sys.modules, "trustme", None)
    said = here("serve", "-s", "calm", "--tls")
    assert said.code == 2
    assert said.err.endswith("Error: --tls needs trustme: pip install 'brownout[tls]'\n")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--ca-file", "ca.pem"), "--ca-file goes with --tls"),
        (("--tls", "--ca-file", "nowhere/ca.pem"), "nowhere/ca.pem: no such file or directory"),
    ],
)
def test_a_file_that_cannot_be(words: tuple[str, ...], message: str, here: Here) -> None:
    """Exit code 2."""
    said = here("serve", "-s", "calm", *words)
    assert (said.code, said.out) == (2, "")
    assert said.err.endswith(f"{message}\n")
