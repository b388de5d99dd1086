"""Faults that are drawn: every kind, every key, always valid, the simplest first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, ClassVar, Literal

import pytest
from hypothesis import given
from pydantic import Field, model_validator

from brownout import strategies
from brownout.fakes.faults import FAULTS, Fault, Where
from brownout.fakes.units import Duration, Share, Size
from brownout.harness.testing.drawing import written

from .smallest import printed, smallest


def keys() -> list[tuple[str, str]]:
    """Of every kind, those that may have another value than the usual one."""
    return [
        (kind, name)
        for kind, fault in FAULTS.items()
        for name, field in fault.model_fields.items()
        if written(field.annotation, tuple(field.metadata), field.default) is not None
    ]


def differs(name: str, usual: object) -> Callable[[Fault], bool]:
    return lambda fault: getattr(fault, name) != usual


class Novel(Fault):
    """A kind that somebody adds."""

    kind: Literal["novel"] = "novel"
    wanted: Duration
    seconds: Annotated[Duration | None, Field(alias="for", gt=60, le=300)] = None
    depth: Annotated[Share, Field(lt=0.5)] = 0.2
    bytes: Size | None = None
    times: Annotated[int, Field(ge=7, multiple_of=7)] = 14
    above: Annotated[int, Field(gt=1000)] = 2000
    color: Literal["red", "green"] = "red"
    loud: bool | None = None
    words: str = ""
    example: ClassVar[dict[str, Any]] = {"kind": "novel", "wanted": "1s"}

    @model_validator(mode="after")
    def _go_together(self) -> Novel:
        if self.loud and self.color == "green":
            raise ValueError("green is never loud")
        return self


@pytest.fixture
def novel(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setitem(FAULTS, "novel", Novel)
    return "novel"


@given(strategies.faults(kinds=FAULTS))
def test_each_is_what_a_file_could_say(fault: Fault) -> None:
    assert FAULTS[fault.kind].model_validate(fault.model_dump(mode="json", by_alias=True)) == fault


@pytest.mark.parametrize("kind", FAULTS)
def test_every_kind_is_drawn_and_is_simplest_with_nothing_else_given(kind: str) -> None:
    assert smallest(strategies.faults(kinds=[kind])) == FAULTS[kind].model_validate({})
    if kind != "noop":
        assert smallest(strategies.faults(), lambda fault: fault.kind == kind) == FAULTS[kind].model_validate({})


@pytest.mark.parametrize(("kind", "key"), keys())
def test_every_key_is_drawn(kind: str, key: str) -> None:
    usual = getattr(FAULTS[kind].model_validate({}), key)
    found = smallest(strategies.faults(kinds=kind), differs(key, usual))
    assert found.model_fields_set - {"kind", key} <= ({"share"} if key == "per" else set())


def test_a_new_kind_needs_nothing_here(novel: str) -> None:
    """Its required keys are always there, the others within their limits, and those that quarrel never together."""
    only: Any = strategies.faults(kinds=novel)
    assert "value=novel(wanted='100ms')," in printed(only, lambda fault: True)
    assert "value=novel(wanted='100ms', for_='2m')," in printed(only, lambda fault: bool(fault.seconds))
    for name in Novel.model_fields.keys() - {"kind", "wanted", "at", "share", "per", "where"}:
        usual = Novel.model_fields[name].default
        assert smallest(only, differs(name, usual))
    assert smallest(strategies.faults(), lambda fault: fault.kind == novel)


@given(strategies.faults())
def test_noop_is_drawn_only_for_who_names_it(fault: Fault) -> None:
    assert fault.kind != "noop"


@given(strategies.faults(streams=False))
def test_who_never_streams_meets_nothing_of_streams(fault: Fault) -> None:
    assert not fault.streams_only
    assert fault.where is None or fault.where.stream is None


def test_who_may_stream_meets_faults_of_streams_and_of_plain_calls() -> None:
    assert smallest(strategies.faults(streams=True), lambda fault: fault.streams_only)
    either = strategies.faults(kinds="overload")
    met = {smallest(either, is_for(stream)).where for stream in (False, True)}
    assert met == {Where(stream=False), Where(stream=True)}


def is_for(stream: bool) -> Callable[[Fault], bool]:
    return lambda fault: fault.where is not None and fault.where.stream is stream


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"kinds": ["overlaod"]}, 'kinds: unknown fault "overlaod", did you mean "overload"?'),
        ({"kinds": []}, "kinds: expected at least one"),
        ({"kinds": ["truncate"], "streams": False}, "kinds: expected at least one that not only streams can meet"),
    ],
)
@pytest.mark.parametrize("strategy", ["faults", "phases", "timelines", "incidents"])
def test_what_cannot_be_drawn_is_refused_at_once(strategy: str, given: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - compared as a whole
        getattr(strategies, strategy)(**given)
    assert str(caught.value) == message


def test_it_is_shown_as_code() -> None:
    told = printed(strategies.faults(), lambda fault: fault.per != "attempt")
    assert "value=overload(share='90%', per='call')," in told
