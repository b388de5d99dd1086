"""Clients that we did not write, each a process that plays cases: a line in, a line of JSON out."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from ..pipes import Piped
from ..sdk import typescript
from ..sdk.older import HOME, older_sdk
from . import curl
from .table import url

HERE = Path(__file__).parent


def _newer(way: str) -> list[str]:
    return [sys.executable, "-I", str(HERE / "driver.py"), way]


def _older(way: str) -> list[str]:
    with older_sdk():
        return [str(HOME / "bin/python"), "-I", str(HERE / "driver.py"), way]


def needed_curl() -> str:
    """The path of curl. Skips the test where it is not, unless the environment says that it has to be."""
    if found := shutil.which("curl"):
        return found
    if "curl" in os.environ.get("BROWNOUT_REQUIRES", "").split(","):
        pytest.fail("curl is not there, and has to be")
    pytest.skip("needs curl")


def _curl() -> list[str]:
    needed_curl()
    return ["bash", str(HERE / "driver.sh")]


CLIENTS: dict[str, Callable[[], list[str]]] = {
    "python": lambda: _newer("sync"),
    "python-async": lambda: _newer("async"),
    "python-0.x": lambda: _older("sync"),
    "python-0.x-async": lambda: _older("async"),
    "typescript": lambda: typescript.command(HERE / "driver.mjs"),
    "curl": _curl,
}


def surroundings(ca_file: Path | None) -> dict[str, str]:
    """The environment of a client: no proxy before loopback, no key of the user's, whom to trust."""
    told = {"NO_PROXY": "*", "no_proxy": "*"}
    if ca_file is not None:
        told |= dict.fromkeys(("SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS", "CURL_CA_BUNDLE"), str(ca_file))
    return {key: value for key, value in os.environ.items() if not key.startswith("ANTHROPIC_")} | told


class Player:
    """One client at one server."""

    def __init__(self, client: str, base: str, ca_file: Path | None) -> None:
        self._client, self._base = client, base
        self._program = Piped(CLIENTS[client](), surroundings(ca_file))
        self.close = self._program.close
        self._calls = 100 * [*CLIENTS].index(client)

    def __call__(self, case: str) -> Mapping[str, Any]:
        """What it has seen, and for how many seconds it waited."""
        self._calls += 1
        began = time.monotonic()
        got: dict[str, Any] = self._program.ask(f"{case} {url(self._base, case, self._calls)}")
        assert got is not None, f"{self._client} ended in {case}"
        if self._client == "curl":
            got = curl.told(case, got)
        return got | {"waited": time.monotonic() - began}
