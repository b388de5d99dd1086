"""The figures that the model takes from the SDK, and the SDK as the wire's driver sets it up."""

from __future__ import annotations

from brownout.harness.client import TimeoutsFile
from brownout.harness.drivers.sdk.client import make
from brownout.harness.drivers.sim.pool import PoolLimits
from brownout.harness.policies.effects import Timeouts
from brownout.harness.policies.layers.sdk import Sdk
from brownout.harness.policies.sdks.python import INITIAL_DELAY, MAX_DELAY

from .conftest import Newest, Oldest
from .observe import pool_of
from .older import VERSION


def test_version_is_the_one_meant(sdk: Newest | Oldest) -> None:
    """The older SDK comes from its own environment, not from here."""
    assert sdk.facts.version.partition(".")[0] == sdk.major
    assert sdk.major == "2" or sdk.facts.version == VERSION


def test_default_timeouts_are_the_sdks(sdk: Newest | Oldest) -> None:
    """In the effect, and in a client file that says nothing of them."""
    assert Timeouts()._asdict() == sdk.facts.timeouts
    assert TimeoutsFile().timeouts() == Timeouts()


def test_default_retries_are_the_sdks(sdk: Newest | Oldest) -> None:
    """How many, the first delay and the longest."""
    assert Sdk().max_retries == sdk.facts.max_retries
    assert sdk.facts.delays == [INITIAL_DELAY, MAX_DELAY]


def test_default_pool_is_the_sdks(sdk: Newest | Oldest) -> None:
    """How many connections in all, how many idle, and for how long."""
    facts = sdk.facts
    assert PoolLimits() == PoolLimits(facts.connections, facts.idle, facts.expiry)


def test_client_on_the_wire_has_the_default_pool(newest: Newest) -> None:
    """The driver builds its own transport; at ten times the speed its idle connections last a tenth as long."""
    client = make("http://fake", 2, Timeouts(), 10.0)
    pool, facts = pool_of(client), newest.facts
    assert pool._max_connections == facts.connections
    assert pool._max_keepalive_connections == facts.idle
    assert pool._keepalive_expiry == facts.expiry / 10
    newest.runner.run(client.close())
