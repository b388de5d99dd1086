"""A server for all clients, and those that are at it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from functools import cache
from pathlib import Path

import pytest

from ..cli.served import Served
from .players import Player
from .table import SCALE

SCENARIO = str(Path(__file__).with_name("scenario.yaml"))


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[bool], Served]]:
    """`brownout serve` with TLS or without, begun when it is first wanted."""
    with ExitStack() as stack:

        @cache
        def start(tls: bool) -> Served:
            words = ["--time-scale", str(SCALE), *(["--tls"] if tls else [])]
            return stack.enter_context(Served(tmp_path_factory.mktemp("served"), SCENARIO, *words))

        yield start


@pytest.fixture(scope="session")
def player(served: Callable[[bool], Served]) -> Iterator[Callable[[str, bool], Player]]:
    """A client at one of the two, likewise."""
    with ExitStack() as stack:

        @cache
        def start(client: str, tls: bool) -> Player:
            server = served(tls)
            return stack.enter_context(closing(Player(client, server.url, server.ca_file if tls else None)))

        yield start
