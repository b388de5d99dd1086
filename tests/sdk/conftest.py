"""The SDKs that the model is held against."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from brownout.harness.policies.outcome import Major

from .observe import Facts, Script, Sdk, Seen
from .older import OlderSdk, older_sdk


@dataclass(frozen=True)
class Newest:
    """The installed SDK. `sdk.error` is what its last call raised."""

    facts: Facts
    sdk: Sdk
    runner: asyncio.Runner
    major: Major = "2"

    def play(self, script: Script) -> Seen:
        return self.runner.run(self.sdk.play(script))


@dataclass(frozen=True)
class Oldest:
    """The last of the 0.x line."""

    sdk: OlderSdk
    major: Major = "0"

    @property
    def facts(self) -> Facts:
        return self.sdk.facts

    def play(self, script: Script) -> Seen:
        return self.sdk.play(script)


@pytest.fixture(scope="session")
def newest() -> Iterator[Newest]:
    """The installed SDK."""
    with asyncio.Runner() as runner:
        yield Newest(Facts.find(), Sdk.canned(), runner)


@pytest.fixture(scope="session", params=["2", pytest.param("0", marks=pytest.mark.slow)])
def sdk(request: pytest.FixtureRequest) -> Iterator[Newest | Oldest]:
    """Each SDK in turn."""
    if request.param == "2":
        yield request.getfixturevalue("newest")
        return
    with older_sdk() as older:
        yield Oldest(older)
