"""Which path is answered how, and what is said to all others."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brownout.fakes.api.plain import Rejected
from brownout.fakes.api.surface import is_message

from .asking import PARAMS, asked, refused, said, surface

METHODS = ("GET", "POST", "DELETE", "PUT", "PATCH", "HEAD", "OPTIONS")
ALLOWED = {
    "/v1/messages": "POST",
    "/v1/messages/count_tokens": "POST",
    "/v1/messages/batches": "GET, POST",
    "/v1/messages/batches/msgbatch_01": "DELETE, GET",
    "/v1/messages/batches/msgbatch_01/cancel": "POST",
    "/v1/messages/batches/msgbatch_01/results": "GET",
    "/v1/models": "GET",
    "/v1/models/claude-opus-5": "GET",
}

KNOWN = re.compile("/v1/(messages(/count_tokens|/batches(/[^/]+(/cancel|/results)?)?)?|models(/[^/]+)?)", re.DOTALL)


@pytest.mark.parametrize("path", ALLOWED)
@pytest.mark.parametrize("method", METHODS)
def test_a_known_path_allows_its_methods_alone(path: str, method: str) -> None:
    if method in ALLOWED[path].split(", "):
        surface().check(method, path)
    else:
        error = refused(surface(), method, path)
        assert (error.status, error.headers) == (405, {"allow": ALLOWED[path]})


@given(path=st.text("/v1messagbtchodl.{}%", max_size=30) | st.sampled_from([*ALLOWED]).map(lambda path: path + "/"))
def test_an_unknown_path_is_not_found_whatever_the_method(path: str) -> None:
    for method in METHODS:
        assert KNOWN.fullmatch(path) or refused(surface(), method, path).status == 404


def test_messages_are_for_the_brain() -> None:
    assert is_message("POST", "/v1/messages")
    assert not is_message("GET", "/v1/messages")
    assert not is_message("POST", "/v1/messages/batches")
    surface().check("POST", "/v1/messages")
    with pytest.raises(ValueError, match="POST /v1/messages is not answered here"):
        surface().answer(asked("POST", "/v1/messages", PARAMS))


@pytest.mark.parametrize("query", [{"beta": "true"}, {"beta": "true", "of_next_year": "1"}])
def test_a_beta_path_is_the_same(query: dict[str, str]) -> None:
    assert said(surface(), "GET", "/v1/models", **query) == said(surface(), "GET", "/v1/models")
    counted = said(surface(), "POST", "/v1/messages/count_tokens", PARAMS, **query)
    assert counted == said(surface(), "POST", "/v1/messages/count_tokens", PARAMS)


def test_a_name_in_a_path_is_unquoted_and_never_empty() -> None:
    assert "model: a/b" in refused(surface(), "GET", "/v1/models/a%2Fb").error.message
    assert refused(surface(), "GET", "/v1/models/").status == 404
    with pytest.raises(Rejected, match="404"):
        surface().check("GET", "/v1/messages/batches//results")
