"""Message batches: what they take, how they go on with time, and what is left of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from weakref import ref

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brownout.fakes.api.batches import MOST_KEPT
from brownout.fakes.api.messages import invalid
from brownout.fakes.api.progress import LIFETIME, Course, Pace
from brownout.fakes.api.surface import Surface

from .asking import PARAMS, message, refused, requests, said, surface

PATH = "/v1/messages/batches"
GOOD = {"custom_id": "a", "params": {}}


def created(of: Surface, count: int = 3, now: float = 0.0) -> str:
    name = said(of, "POST", PATH, requests(count), now)["id"]
    assert isinstance(name, str)
    return name


def results(of: Surface, name: str, now: float) -> list[Any]:
    lines = said(of, "GET", f"{PATH}/{name}/results", now=now)
    assert lines.endswith(b"\n")
    return [json.loads(line) for line in lines.splitlines()]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({}, "requests: Field required"),
        ({"requests": {}}, "requests: Input should be a valid list"),
        ({"requests": []}, "between 1 and 100,000"),
        ({"requests": [GOOD] * 100_001}, "between 1 and 100,000"),
        ({"requests": ["a"]}, "requests.0: "),
        ({"requests": [GOOD, {"params": {}}]}, "requests.1.custom_id: Field required"),
        ({"requests": [{"custom_id": 1, "params": {}}]}, "requests.0.custom_id: Input should be a valid string"),
        ({"requests": [{"custom_id": "", "params": {}}]}, "should match pattern"),
        ({"requests": [{"custom_id": "a b", "params": {}}]}, "should match pattern"),
        ({"requests": [{"custom_id": "a\n", "params": {}}]}, "should match pattern"),
        ({"requests": [{"custom_id": "ä", "params": {}}]}, "should match pattern"),
        ({"requests": [{"custom_id": "a" * 65, "params": {}}]}, "at most 64 characters"),
        ({"requests": [{"custom_id": "a"}]}, "requests.0.params: Field required"),
        ({"requests": [{"custom_id": "a", "params": []}]}, "requests.0.params: Input should be an object"),
        ({"requests": [GOOD, GOOD]}, "unique"),
    ],
)
def test_a_batch_that_cannot_be(body: dict[str, Any], words: str) -> None:
    of = surface()
    error = refused(of, "POST", PATH, body)
    assert error.status == 400
    assert words in error.error.message
    assert said(of, "GET", PATH)["data"] == []


def test_a_batch_may_have_one_request_or_the_most_there_can_be() -> None:
    longest = {"requests": [{"custom_id": "a-_9" * 16, "params": {}}]}
    assert said(surface(), "POST", PATH, longest)["request_counts"]["processing"] == 1
    most = {"requests": [{"custom_id": str(k), "params": {}} for k in range(100_000)]}
    assert said(surface(), "POST", PATH, most)["request_counts"]["processing"] == 100_000


def test_a_batch_goes_on_until_all_is_done() -> None:
    of = surface()
    name = created(of)
    assert said(of, "GET", f"{PATH}/{name}", now=15.999) == {
        "type": "message_batch",
        "id": name,
        "processing_status": "in_progress",
        "request_counts": {"processing": 3, "succeeded": 0, "errored": 0, "canceled": 0, "expired": 0},
        "created_at": "2026-11-01T00:00:00.000000Z",
        "expires_at": "2026-11-02T00:00:00.000000Z",
        "ended_at": None,
        "cancel_initiated_at": None,
        "archived_at": None,
        "results_url": None,
    }
    ended = said(of, "GET", f"{PATH}/{name}", now=16.0)
    assert ended["processing_status"] == "ended"
    assert ended["request_counts"] == {"processing": 0, "succeeded": 3, "errored": 0, "canceled": 0, "expired": 0}
    assert ended["ended_at"] == "2026-11-01T00:00:16.000000Z"
    assert ended["results_url"] == f"http://localhost:1{PATH}/{name}/results"
    assert said(of, "GET", f"{PATH}/{name}", now=99.0) == ended == said(of, "GET", PATH, now=99.0)["data"][0]


def test_results_are_messages_with_ids_of_their_own() -> None:
    of = surface()
    name = created(of)
    found = results(of, name, 16.0)
    assert [line["custom_id"] for line in found] == ["r-0", "r-1", "r-2"]
    assert len({line["result"]["message"]["id"] for line in found}) == 3
    assert {line["result"]["message"]["usage"]["service_tier"] for line in found} == {"batch"}
    assert found == results(of, name, 17.0)
    assert found[0]["result"]["message"]["content"] == message(PARAMS)["content"]


def test_what_the_brain_refuses_is_errored_and_so_is_what_it_would_never_see() -> None:
    asked: list[Mapping[str, Any]] = []

    def answer(params: Mapping[str, Any]) -> Mapping[str, Any]:
        asked.append(params)
        if params["max_tokens"] == 1:
            raise invalid("not that one")
        overloaded = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}
        return overloaded if params["max_tokens"] == 2 else message(params)

    of = surface(answer=answer)
    every = [PARAMS, PARAMS | {"max_tokens": 1}, PARAMS | {"max_tokens": 2}, {}, PARAMS | {"stream": True}]
    body = {"requests": [{"custom_id": str(k), "params": params} for k, params in enumerate(every)]}
    name = said(of, "POST", PATH, body)["id"]
    counts = said(of, "GET", f"{PATH}/{name}", now=50.0)["request_counts"]
    assert (counts["succeeded"], counts["errored"]) == (1, 4)
    found = [line["result"] for line in results(of, name, 50.0)]
    assert [result["type"] for result in found] == ["succeeded"] + ["errored"] * 4
    kinds = [result["error"]["error"]["type"] for result in found[1:]]
    assert kinds == ["invalid_request_error", "overloaded_error", "invalid_request_error", "invalid_request_error"]
    assert "model" in found[3]["error"]["error"]["message"]
    assert "stream" in found[4]["error"]["error"]["message"]
    assert asked == every[:3]


def test_what_is_canceled_keeps_what_was_done() -> None:
    of = surface()
    name = created(of)
    canceled = said(of, "POST", f"{PATH}/{name}/cancel", now=13.0)
    assert canceled["processing_status"] == "canceling"
    assert canceled["cancel_initiated_at"] == "2026-11-01T00:00:13.000000Z"
    assert canceled["request_counts"]["processing"] == 3
    assert said(of, "POST", f"{PATH}/{name}/cancel", now=14.0) == canceled
    ended = said(of, "GET", f"{PATH}/{name}", now=16.0)
    assert ended["processing_status"] == "ended"
    assert ended["request_counts"] == {"processing": 0, "succeeded": 1, "errored": 0, "canceled": 2, "expired": 0}
    assert [line["result"]["type"] for line in results(of, name, 16.0)] == ["succeeded", "canceled", "canceled"]
    assert refused(of, "POST", f"{PATH}/{name}/cancel", now=16.0).status == 400


def test_what_takes_a_day_expires() -> None:
    of = surface(pace=Pace(base=0.0, each=0.5 * LIFETIME))
    name = created(of)
    assert said(of, "GET", f"{PATH}/{name}", now=LIFETIME - 1.0)["processing_status"] == "in_progress"
    ended = said(of, "GET", f"{PATH}/{name}", now=LIFETIME)
    assert ended["ended_at"] == ended["expires_at"]
    assert ended["request_counts"] == {"processing": 0, "succeeded": 2, "errored": 0, "canceled": 0, "expired": 1}
    assert results(of, name, LIFETIME)[2]["result"] == {"type": "expired"}


def test_results_and_deletion_wait_for_the_end() -> None:
    of = surface()
    name = created(of)
    assert refused(of, "GET", f"{PATH}/{name}/results", now=15.0).status == 400
    assert refused(of, "DELETE", f"{PATH}/{name}", now=15.0).status == 400
    deleted = said(of, "DELETE", f"{PATH}/{name}", now=16.0)
    assert deleted == {"id": name, "type": "message_batch_deleted"}
    for method, path in (("GET", ""), ("DELETE", ""), ("POST", "/cancel"), ("GET", "/results")):
        assert refused(of, method, f"{PATH}/{name}{path}", now=16.0).status == 404


def test_so_many_are_kept_and_the_oldest_that_has_ended_goes() -> None:
    of = surface(most=3)
    long = said(of, "POST", PATH, requests(50))["id"]
    first, second = created(of, 1, 1.0), created(of, 1, 2.0)
    error = refused(of, "POST", PATH, requests(1), now=3.0)
    assert error.status == 429
    third = created(of, 1, 20.0)
    assert [batch["id"] for batch in said(of, "GET", PATH, now=20.0)["data"]] == [third, second, long]
    assert refused(of, "GET", f"{PATH}/{first}", now=20.0).status == 404


def test_by_default_a_hundred_are_kept() -> None:
    of = surface()
    for k in range(MOST_KEPT + 10):
        created(of, 1, 20.0 * k)
    assert len(said(of, "GET", PATH, now=9999.0, limit="1000")["data"]) == MOST_KEPT == 100


def test_what_was_asked_is_let_go_once_it_has_results() -> None:
    class Params(dict[str, Any]):
        """Of which one can see whether anybody still holds them."""

    of, params = surface(), Params(PARAMS)
    held = ref(params)
    name = said(of, "POST", PATH, {"requests": [{"custom_id": "a", "params": params}]})["id"]
    del params
    assert held() is not None
    assert said(of, "GET", f"{PATH}/{name}", now=99.0)["request_counts"]["succeeded"] == 1
    assert held() is None


@pytest.mark.parametrize(("origin", "begins"), [("https://fake.test", f"https://fake.test{PATH}"), ("", PATH)])
def test_results_are_where_the_caller_says(origin: str, begins: str) -> None:
    of = surface(origin=origin)
    name = created(of)
    assert said(of, "GET", f"{PATH}/{name}", now=16.0)["results_url"] == f"{begins}/{name}/results"


def test_ids_are_the_same_every_time_and_differ_with_the_salt() -> None:
    ids = [created(of) for of in (surface(), surface(), surface(salt="other"))]
    assert ids[0] == ids[1] != ids[2]
    assert ids[0].startswith("msgbatch_01")
    assert len(ids[0]) == len("msgbatch_013Zva2CMHLNnXjNJJKqJ2EF")


seconds = st.floats(0.0, 2e5) | st.sampled_from([0.0, 0.1, 1.0 / 3.0, 1e-9])
paces = st.builds(Pace, seconds, seconds, seconds)


@given(st.integers(1, 100_000), seconds, paces, st.none() | st.floats(0.0, 0.999))
def test_a_course_has_one_end(count: int, begun: float, pace: Pace, fraction: float | None) -> None:
    course = Course(count, begun, pace)
    if fraction is not None:
        at = begun + fraction * (course.ends - begun)
        if course.status(at) == "ended":
            return
        course = Course(count, begun, pace, at)
        assert course.status(at) in ("canceling", "ended")
        assert at <= course.ends <= at + pace.canceling
    assert begun <= course.ends <= course.expires
    assert course.status(course.ends) == "ended"
    assert 0 <= course.answered <= count
    if fraction is None:
        assert (course.answered == count) == (begun + pace.base + count * pace.each <= course.expires)
