"""The page for a pull request or a CI summary: what its readers refuse as too long is left out, details first."""

from __future__ import annotations

import pytest

from brownout.reports.formats import markdown
from brownout.reports.report import Report

from .read_back import from_markdown
from .runs import AGREEMENT, run

WHOLE = markdown.render(Report(run(), AGREEMENT))


@pytest.mark.parametrize("share", [0.9, 0.7, 0.5, 0.3])
def test_what_finds_no_room_is_left_out_and_said(share: float) -> None:
    """The rest is as it was, in its order, and the verdict is there."""
    limit = int(len(WHOLE.encode()) * share)
    text = markdown.render(Report(run(), AGREEMENT), limit)
    assert len(text.encode()) <= limit
    whole, read = from_markdown(WHOLE), from_markdown(text)
    assert read.verdict == whole.verdict
    assert 0 < len(read.tables) < len(whole.tables)
    assert [title for title in whole.titles if title in read.titles] == read.titles
    left_out = len(whole.tables) - len(read.tables)
    assert f"{left_out} of {len(whole.tables)} tables found no room here" in text
    assert read.notes == whole.notes


def test_details_are_left_out_first() -> None:
    """As long as one is shown, every table that is no detail is."""
    plain = [table.title for table in Report(run(), AGREEMENT).document.tables if not table.is_detail]
    for share in (0.95, 0.8, 0.6):
        read = from_markdown(markdown.render(Report(run(), AGREEMENT), int(len(WHOLE.encode()) * share)))
        if set(read.titles) - set(plain):
            assert set(plain) <= set(read.titles)


def test_a_verdict_without_end_is_cut() -> None:
    """Better a part of a page than none."""
    text = markdown.render(Report(run(verdict="é" * 50_000)), 9_999)
    assert len(text.encode()) <= 9_999
    assert text.endswith("(cut)\n")
