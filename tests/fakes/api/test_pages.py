"""Lists, walked through in both directions, with pages of every size."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brownout.fakes.api.models import LINEUP
from brownout.fakes.api.surface import Surface

from .asking import refused, requests, said, surface

limits = st.integers(1, 1000)


def walk(of: Surface, path: str, limit: Callable[[], int], on_page: Callable[[Any], None]) -> list[str]:
    """The ids that are listed, as the SDK follows the pages."""
    found: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        size = limit()
        body = said(of, "GET", path, limit=str(size), **cursor)
        ids = [item["id"] for item in body["data"]]
        assert len(ids) <= size
        assert len(ids) == size or not body["has_more"]
        assert ids or not found, "there was to be more"
        assert (body["first_id"], body["last_id"]) == ((ids[0], ids[-1]) if ids else (None, None))
        found += ids
        if not body["has_more"]:
            return found
        cursor = {"after_id": ids[-1]}
        on_page(body)


def batches(count: int) -> tuple[Surface, list[str]]:
    of = surface()
    return of, [said(of, "POST", "/v1/messages/batches", requests(1))["id"] for _ in range(count)]


@given(st.integers(0, 12), st.data())
def test_every_batch_comes_once_the_latest_first_whatever_the_limit(count: int, data: st.DataObject) -> None:
    of, ids = batches(count)
    found = walk(of, "/v1/messages/batches", lambda: data.draw(limits | st.integers(1, 4)), lambda _: None)
    assert found == ids[::-1]


@given(st.integers(1, 12), st.data())
def test_and_all_before_one_that_is_known(count: int, data: st.DataObject) -> None:
    of, ids = batches(count)
    last = data.draw(st.sampled_from(ids))
    size = data.draw(st.integers(1, 4))
    body = said(of, "GET", "/v1/messages/batches", limit=str(size), before_id=last)
    before = ids[::-1][: ids[::-1].index(last)]
    assert [item["id"] for item in body["data"]] == before[-size:]
    assert body["has_more"] == (len(before) > size)


@given(st.integers(1, 4))
def test_the_same_of_models_backwards(limit: int) -> None:
    ids = [model.id for model in LINEUP]
    found = walk(surface(), "/v1/models", lambda: limit, lambda _: None)
    assert found == ids
    last, found = ids[-1], [ids[-1]]
    while (body := said(surface(), "GET", "/v1/models", limit=str(limit), before_id=last))["data"]:
        found = [*(model["id"] for model in body["data"]), *found]
        last = found[0]
    assert found == ids


@given(st.integers(0, 12), st.integers(1, 5), st.data())
def test_who_deletes_what_he_lists_still_sees_every_batch(count: int, limit: int, data: st.DataObject) -> None:
    of, ids = batches(count)

    def delete(body: Any) -> None:
        for batch in data.draw(st.lists(st.sampled_from(body["data"]), unique_by=id)):
            said(of, "DELETE", f"/v1/messages/batches/{batch['id']}", now=1000.0)

    assert walk(of, "/v1/messages/batches", lambda: limit, delete) == ids[::-1]


BAD: list[tuple[dict[str, str], str]] = [
    ({"limit": "0"}, "greater than or equal to 1"),
    ({"limit": "-1"}, "greater than or equal to 1"),
    ({"limit": "1001"}, "less than or equal to 1000"),
    ({"limit": "many"}, "valid integer"),
    ({"limit": "٣"}, "valid integer"),
    ({"limit": ""}, "valid integer"),
    ({"after_id": "x"}, "after_id"),
    ({"before_id": "msgbatch_01000000000000000000000f"}, "before_id"),
]


@pytest.mark.parametrize("path", ["/v1/models", "/v1/messages/batches"])
@pytest.mark.parametrize(("query", "words"), BAD)
def test_a_page_that_cannot_be(path: str, query: dict[str, str], words: str) -> None:
    error = refused(surface(), "GET", path, **query)
    assert error.status == 400
    assert words in error.error.message


def test_a_page_is_on_one_side_of_an_item_only() -> None:
    ids = {"before_id": LINEUP[0].id, "after_id": LINEUP[1].id}
    assert refused(surface(), "GET", "/v1/models", **ids).status == 400


def test_a_cursor_that_was_never_given_is_none() -> None:
    of, ids = batches(1)
    forged = ids[0].replace(ids[0][11:25], "0" * 14)
    assert refused(of, "GET", "/v1/messages/batches", after_id=forged).status == 400
    assert refused(of, "GET", "/v1/messages/batches", after_id=ids[0][:-1] + "2").status == 400


def test_twenty_are_usual() -> None:
    of, ids = batches(25)
    body = said(of, "GET", "/v1/messages/batches")
    assert [batch["id"] for batch in body["data"]] == ids[:4:-1]
    assert body["has_more"]
