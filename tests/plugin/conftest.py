"""A project to run pytest in."""

from __future__ import annotations

import sys

import pytest

import brownout.api  # noqa: F401 - here, or what is imported within a run in this process would be dropped after it

from .projects import APP


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """One with an application, on a machine without a key."""
    for name in ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)  # in which a change within the second goes unnoticed
    pytester.makepyfile(app=APP)
    pytester.makeini("[pytest]\nasyncio_default_fixture_loop_scope = function\n")
    return pytester
