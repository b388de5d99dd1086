"""Tokens and dollars: what is billed, what of it was for nothing, and answers that were made twice."""

from __future__ import annotations

import pytest

from brownout.harness.ledger import Ledger

from .ledgers import NEVER, answered, attempt, call, measured, scenario, served, why_absent

PRICES = {"input": "$1000/M", "output": "$10000/M"}
"""A tenth of a cent for a token in, a cent for one out."""


def hedged() -> Ledger:
    """Two calls of 100 tokens in and 50 out. The first was answered at once; the second was hedged, one request was
    called off after 20 tokens and the other answered it."""
    return Ledger(
        calls=[call(1.0), call(4.0, who=(0, 1))],
        attempts=[
            attempt(),
            attempt("cancelled", who=(0, 1), finished=4.0),
            attempt(who=(0, 1, 0, 1), started=2.0, finished=4.0),
        ],
        journal=[
            served(input_tokens=100, output_tokens=50, sent_tokens=50, is_complete=True),
            served((0, 1), input_tokens=100, output_tokens=50, sent_tokens=20),
            served((0, 1, 0, 1), input_tokens=100, output_tokens=50, sent_tokens=50, is_complete=True),
        ],
    )


@pytest.mark.parametrize(
    ("aborted", "wasted", "dollars_wasted", "dollars"),
    [("none", 0, 0.0, 1.2), ("delivered", 120, 0.3, 1.5), ("full", 150, 0.6, 1.8)],
)
def test_a_hedge_that_was_called_off_is_waste(aborted: str, wasted: int, dollars_wasted: float, dollars: float) -> None:
    """As much of it as is billed: nothing, the prompt and what was sent, or the whole answer."""
    scene = scenario(server={"billing": {**PRICES, "aborted": aborted}})
    assert measured("wasted_tokens", hedged(), scene) == pytest.approx(wasted / (300 + wasted))
    assert measured("waste_per_call", hedged(), scene) == pytest.approx(dollars_wasted / 2)
    assert measured("cost_per_good_call", hedged(), scene) == pytest.approx(dollars / 2)


def test_the_answer_to_a_call_that_failed_is_waste_however_whole() -> None:
    """The service made it to its end, and the program had left: all of it is billed, none of it was of use."""
    records = Ledger(
        calls=[call(5.0, "deadline")],
        attempts=[attempt("cancelled")],
        journal=[served(input_tokens=10, output_tokens=5, is_complete=True)],
    )
    assert measured("wasted_tokens", records) == 1.0
    assert measured("waste_per_call", records) == pytest.approx((10 * 2 + 5 * 10) / 1e6)
    assert measured("cost_per_good_call", records) == NEVER


def test_a_late_answer_is_no_waste_and_no_good_call() -> None:
    """Its caller got it: what was paid for it counts towards the good calls."""
    records = Ledger(
        calls=[call(20.0), call(1.0, who=(0, 1))],
        attempts=[attempt(finished=20.0), attempt(who=(0, 1))],
        journal=[served(is_complete=True), served((0, 1), is_complete=True)],
    )
    assert measured("wasted_tokens", records) == 0.0
    assert measured("waste_per_call", records) == 0.0
    assert measured("cost_per_good_call", records) == pytest.approx(2 * 70e-6)


def test_waste_has_no_meaning_where_nothing_is_billed() -> None:
    """Errors are free; the share of nothing is absent, the dollars are none, and good calls there are none to pay."""
    records = Ledger(calls=[call(1.0, "status", 529)], attempts=[attempt("status")], journal=[served(status=529)])
    assert why_absent("wasted_tokens", records) == "nothing was billed"
    assert measured("waste_per_call", records) == 0.0
    assert measured("cost_per_good_call", records) == NEVER


def test_duplicates_are_whole_answers_beyond_the_first() -> None:
    """Three answers to one call are two too many; one that broke off is none, and two to two calls are none."""
    journal = [served((0, 0, n), is_complete=True) for n in range(3)]
    journal += [served((0, 1), is_complete=True), served((0, 1, 1)), served((1, 0), is_complete=True)]
    records = Ledger(calls=[call(1.0), call(1.0, who=(0, 1)), call(1.0, who=(1, 0))], journal=journal)
    assert measured("duplicates", records) == pytest.approx(2 / 3)
    assert measured("duplicates", answered(1.0)) == 0.0
