"""The guide's claims: each has the verdict that its file states, and the page shows the figures that were seen."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from brownout import scenarios as shipped
from brownout.harness.claims.claim import Claim, Facts, claims, load
from brownout.harness.claims.trial import Tried, trial
from brownout.harness.files import FileError, loads
from brownout.reports.guide import GUIDE, LITERATURE, section, summary

DOCS = Path(__file__).parents[3] / "docs"
PAGES = {
    DOCS / "guide-tested.md": (GUIDE, shipped.guide()),
    DOCS / "findings.md": (LITERATURE, shipped.literature()),
}
TINY = """
name: tiny
area: Retries
says: A retry helps.
verdict: VERDICT
because: It does.
instead: Nothing.
seeds: 6
scenarios:
  - name: resets
    workload: {clients: 2, arrivals: {kind: steady, rate: 2/s}, calls: {output_tokens: 10}}
    timeline: [{for: 20s, faults: [{kind: reset, share: 50%}]}]
clients:
  - name: retries
    layers: [retry: {retries: 5, backoff: {base: 1s}, on: [connection]}, sdk: {max_retries: 0}]
  - {name: does-not, layers: [sdk: {max_retries: 0}]}
shows: [goodput]
verdicts:
  holds: [goodput of retries >= goodput of does-not + 20%]
  does not hold: [goodput of retries <= goodput of does-not]
"""


@pytest.mark.slow
@pytest.mark.parametrize("name", shipped.claims())
def test_a_verdict_is_as_stated_and_so_is_its_section(name: str) -> None:
    tried = trial(load(shipped.claims()[name]))
    assert tried.verdict == tried.claim.verdict
    [page] = [page for page, (_, files) in PAGES.items() if name in files]
    assert section(tried) in page.read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_page_has_every_claim_in_order(page: Path) -> None:
    """And no other."""
    intro, files = PAGES[page]
    text, there = page.read_text(encoding="utf-8"), claims(files.values())
    assert text.startswith(summary(intro, there))
    assert re.findall(r"^## (.*)$", text, re.MULTILINE) == [claim.name for claim in there]


@pytest.mark.parametrize("name", shipped.claims())
def test_every_claim_could_have_another_verdict(name: str) -> None:
    """A file goes by the name of its claim, and what it shows is what its facts are about."""
    claim = load(shipped.claims()[name])
    assert claim.name == name
    assert len(claim.verdicts) > 1
    assert {side.metric for side in claim.sides()} <= set(claim.shows)


def tiny(verdict: str = "holds", *changes: tuple[str, str]) -> Claim:
    text = TINY.replace("VERDICT", verdict)
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    found: Claim = loads(text, Claim)
    return found


def test_the_verdict_is_that_of_the_figures() -> None:
    """Whatever the file states."""
    assert trial(tiny()).verdict == "holds"
    wrong = trial(tiny("does not hold"))
    assert (wrong.verdict, wrong.is_as_stated) == ("holds", False)
    worse = trial(tiny("holds", ("kind: reset", "kind: overload")))  # of which the client's retries know nothing
    assert (worse.verdict, worse.is_as_stated) == ("does not hold", False)


def test_figures_that_make_no_verdict_leave_it_open() -> None:
    facts: Facts = ("goodput of retries >= 100%", "goodput of does-not >= 100%")
    tried = trial(
        tiny().model_copy(update={"verdicts": {"holds": facts, "does not hold": ("goodput of retries <= 0%",)}})
    )
    assert tried.verdict is None
    assert "**Undecided.**" in section(tried)


def test_what_has_no_meaning_cannot_decide() -> None:
    """Where no breaker is, none refuses for nothing."""
    claim = tiny().model_copy(update={"verdicts": {"holds": ("falsely_refused of retries <= 0%",)}})
    tried: Tried = trial(claim)
    with pytest.raises(ValueError, match="falsely_refused of retries has no meaning in resets"):
        assert tried.verdict


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ("shows: [goodput]", "shows: [goodputt]", 'there is no metric "goodputt"'),
        ("goodput of does-not + 20%", "goodput of nobody + 20%", '"nobody", who is no client'),
        ("retries >= goodput", "retries in storm >= goodput", '"retries" in "storm", which is no scenario'),
        ("{name: does-not", "{name: retries", "two have one name"),
        (
            "holds: [goodput of retries >= goodput of does-not + 20%]",
            "holds in part: [goodput of retries >= 1%]",
            "holds",
        ),
        ("area: Retries", "area: Weather", "Weather"),
        ("goodput of does-not + 20%", "many", "expected a line such as"),
    ],
)
def test_a_file_with_a_mistake_is_refused(before: str, after: str, says: str) -> None:
    with pytest.raises(FileError) as raised:
        tiny("holds", (before, after))
    assert says in str(raised.value)
