"""The lineup, a page at a time and one by one."""

from __future__ import annotations

from brownout.fakes.api.models import ALIASES, LINEUP, Models

from .asking import asked, refused, said, surface

IDS = [model.id for model in LINEUP]


def test_the_list_has_all_the_latest_first() -> None:
    body = said(surface(), "GET", "/v1/models")
    assert [model["id"] for model in body["data"]] == IDS
    assert (body["has_more"], body["first_id"], body["last_id"]) == (False, IDS[0], IDS[-1])
    released = [model["created_at"] for model in body["data"]]
    assert released == sorted(released, reverse=True)


def test_each_is_found_by_its_id_and_by_its_alias() -> None:
    listed = said(surface(), "GET", "/v1/models")["data"]
    assert [said(surface(), "GET", f"/v1/models/{name}") for name in IDS] == listed
    for alias, name in ALIASES.items():
        assert said(surface(), "GET", f"/v1/models/{alias}")["id"] == name


def test_another_is_not_found() -> None:
    error = refused(surface(), "GET", "/v1/models/claude-2")
    assert (error.status, error.error.message) == (404, "model: claude-2")


def test_there_may_be_another_lineup() -> None:
    of = Models(LINEUP[:1])
    assert [model["id"] for model in of.page(asked("GET", "/v1/models")).body["data"]] == IDS[:1]
