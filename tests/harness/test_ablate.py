"""A client with one thing left out at a time."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter

from brownout import scenarios as shipped
from brownout.harness.ablate import variants
from brownout.harness.client import Client, TimeoutsFile
from brownout.harness.names import Name
from brownout.harness.sources import client as shipped_client

BREAKER, RETRY, GAP = {"breaker": {"failures": 3}}, {"retry": {"retries": 2}}, {"content_gap": {"limit": "5s"}}


def a_client(*layers: Any, **more: Any) -> Client:
    return Client.model_validate({"name": "mine", "layers": [*layers], **more})


def names(stack: tuple[Any, ...] | None) -> list[str]:
    return [layer.name for layer in stack or ()]


def without(client: Client, what: str) -> Client:
    [found] = [variant.client for variant in variants(client) if variant.left_out == what]
    return found


def test_there_is_one_for_everything_a_client_has() -> None:
    """Timeouts that are not the SDK's own, each layer from the outside in, the SDK's retries."""
    full = a_client(BREAKER, RETRY, GAP, {"sdk": {"max_retries": 2}}, timeouts={"read": "60s"})
    found = variants(full)
    assert [variant.left_out for variant in found] == ["timeouts", "breaker", "retry", "content_gap", "sdk retries"]
    assert [variant.client.name for variant in found] == [
        "mine-without-timeouts", "mine-without-breaker", "mine-without-retry", "mine-without-content-gap",
        "mine-without-sdk-retries",
    ]  # fmt: skip
    assert found[3].client.about == "mine without its content gap."


def test_there_is_none_for_what_a_client_has_not() -> None:
    """The SDK itself cannot be left out; its default timeouts and no retries are nothing to leave out."""
    assert variants(a_client({"sdk": {"max_retries": 0}})) == []
    assert [variant.left_out for variant in variants(a_client("sdk"))] == ["sdk retries"]


def test_a_layer_left_out_is_the_only_difference() -> None:
    """The others keep their order and settings, and so do the timeouts."""
    full = a_client(BREAKER, RETRY, GAP, {"sdk": {"max_retries": 2}}, timeouts={"read": "60s"})
    left = without(full, "retry")
    assert left.layers == (full.layers[0], *full.layers[2:])
    assert left.timeouts == full.timeouts


def test_the_sdk_without_its_retries_is_the_sdk() -> None:
    """With the same version beneath the same layers."""
    full = a_client(RETRY, {"sdk": {"max_retries": 5, "major": "0"}})
    left = without(full, "sdk retries")
    assert left.layers[0] == full.layers[0]
    assert (left.sdk.max_retries, left.sdk.major) == (0, "0")


def test_without_its_timeouts_a_client_has_the_sdks() -> None:
    """All four of them."""
    left = without(a_client("sdk", timeouts={"read": "60s", "connect": "1s"}), "timeouts")
    assert left.timeouts == TimeoutsFile()


PROFILED = a_client(
    RETRY,
    {"sdk": {"max_retries": 0}},
    profiles={
        "background": {"layers": [BREAKER, RETRY, {"sdk": {"max_retries": 3}}]},
        "realtime": {"timeouts": {"read": "9s"}},
    },
)


def test_what_differs_for_kinds_of_calls_is_left_out_too() -> None:
    """A layer out of every stack that has it, also if only one has; the SDK's retries wherever they are."""
    assert [variant.left_out for variant in variants(PROFILED)] == ["timeouts", "retry", "breaker", "sdk retries"]
    left = without(PROFILED, "retry")
    assert names(left.layers) == ["sdk"]
    assert left.profiles.background is not None
    assert names(left.profiles.background.layers) == ["breaker", "sdk"]
    left = without(PROFILED, "breaker")
    assert names(left.layers) == ["retry", "sdk"]
    assert left.profiles.background is not None
    assert names(left.profiles.background.layers) == ["retry", "sdk"]
    assert without(PROFILED, "sdk retries").sdk_of("background").max_retries == 0


def test_timeouts_of_one_kind_of_call_are_timeouts() -> None:
    """They go with the client's own; the layers of that kind stay."""
    left = without(PROFILED, "timeouts")
    assert left.timeouts_of("realtime") == TimeoutsFile().timeouts() == left.timeouts_of("chat")
    assert left.profiles.background == PROFILED.profiles.background
    assert [variant.left_out for variant in variants(left)] == ["retry", "breaker", "sdk retries"]


def test_a_layer_that_stands_twice_is_left_out_twice() -> None:
    """What is asked is whether that kind of layer earns its place."""
    left = without(a_client(RETRY, GAP, RETRY, {"sdk": {"max_retries": 0}}), "retry")
    assert names(left.layers) == ["content_gap", "sdk"]


@pytest.mark.parametrize("client", [PROFILED, *(shipped_client(name).value for name in sorted(shipped.clients()))])
def test_variants_are_clients_like_any_other(client: Client) -> None:
    """With a valid name of their own, and nothing in them that a file could not say; the client is as it was."""
    before = client.model_dump()
    found = variants(client)
    assert len({variant.client.name for variant in found}) == len(found)
    for variant in found:
        assert TypeAdapter(Name).validate_python(variant.client.name) == variant.client.name
        assert variant.client.model_dump(exclude={"name", "about"}) != client.model_dump(exclude={"name", "about"})
        assert variant.client.stacks()
        assert all(stack[-1].name == "sdk" for stack in variant.client.stacks())
    assert client.model_dump() == before
