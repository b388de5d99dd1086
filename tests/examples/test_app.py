"""The sample application keeps its promises, and of its tests the right one notices when it does not."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path
from typing import Any

import anthropic.lib.streaming  # noqa: F401 - once, and not in every run
import pytest

import brownout.harness.testing.virtual
import brownout.harness.testing.wire  # noqa: F401 - as well

from .mutations import MUTATIONS, Mutation

pytest_plugins = ["pytester"]

APP = Path(__file__).parents[2] / "examples" / "app"
GREEN = dict.fromkeys(
    (
        "test_a_storm_of_429",
        "test_a_stall_in_mid_stream",
        "test_a_chain_shares_its_time",
        "test_the_breaker_opens_and_recovers",
        "test_a_truncated_stream",
    ),
    "passed",
)


@pytest.fixture
def copy(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The project as it is shipped, to be broken, on a machine without a key."""
    for name in ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_BASE_URL"):
        monkeypatch.setenv(name, "")  # what a run on the wire sets is undone afterwards
        monkeypatch.delenv(name)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)  # in which a change within the second goes unnoticed
    shutil.copytree(APP, pytester.path, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    return pytester.path


def run(pytester: pytest.Pytester, *options: str) -> tuple[dict[str, str], list[str]]:
    """What became of each of its tests, and what those said that failed."""
    unused = (
        "-p",
        "no:cacheprovider",
        "-p",
        "no:asyncio",
        "-p",
        "no:hypothesispytest",
    )  # the latter takes a second to be imported
    done = pytester.runpytest_inprocess(*unused, *options)
    reports: list[Any] = done.reprec.getreports("pytest_runtest_logreport")  # type: ignore[attr-defined]
    ends = {each.location[2]: each.outcome for each in reports if each.when == "call" or each.failed}
    return ends, [each.longrepr.reprcrash.message for each in reports if each.failed]


def test_it_is_green_as_shipped(pytester: pytest.Pytester, copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(pytester) == (GREEN, [])
    summary = "5 tests, 29 attempts, 24 faults took effect, "
    assert summary in capsys.readouterr().out
    assert summary in (APP / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_broken_promise_is_noticed(pytester: pytest.Pytester, copy: Path, name: str) -> None:
    """By one test, which says what is wrong; mended, all are green again."""
    mutation = MUTATIONS[name]
    mutation.apply(copy)
    ends, [told] = run(pytester)
    assert ends == GREEN | {mutation.red: "failed"}
    assert re.search(mutation.told, told), told
    mutation.undo(copy)
    assert run(pytester) == (GREEN, [])


def test_the_page_shows_what_is_printed(pytester: pytest.Pytester, copy: Path) -> None:
    """Of the test that it takes as an example."""
    MUTATIONS["steps are not given what is left"].apply(copy)
    _, [told] = run(pytester, "-k", "chain")
    [shown] = re.findall(r"^```text\n(.*?)\n```", (APP / "README.md").read_text(encoding="utf-8"), re.M | re.S)
    assert told.endswith(shown)


def test_each_test_has_a_promise_to_keep() -> None:
    assert {each.red for each in MUTATIONS.values()} == set(GREEN)


def test_a_mutation_that_is_out_of_date_is_an_error(copy: Path) -> None:
    with pytest.raises(LookupError, match="0 times"):
        Mutation("app/llm.py", "max_retries=2", "max_retries=0", "", "").apply(copy)


def test_one_on_the_wire(pytester: pytest.Pytester, copy: Path) -> None:
    """In real time: the only one that takes none."""
    ends, _ = run(pytester, "--brownout-backend=wire", "-k", "truncated")
    assert ends == {"test_a_truncated_stream": "passed"}
