"""What requests cost: published prices, and what of an answer that broke off is billed."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from brownout.fakes.billing import PRICES, Billing
from brownout.fakes.draws import Identity
from brownout.fakes.journal import Served
from brownout.fakes.units import per_million

BROKEN = Served(Identity(0, 0), True, 100, 50, 0.0, 0.1, 5.0, 4.0, 1.0, 200, 20, None, False, 0.0)
WHOLE = BROKEN._replace(sent_tokens=50, left=None, is_complete=True)


@pytest.mark.parametrize(("aborted", "broken"), [("none", (0, 0)), ("delivered", (100, 20)), ("full", (100, 50))])
def test_an_answer_that_broke_off_is_billed_as_the_setting_says(aborted: Any, broken: tuple[int, int]) -> None:
    """Not at all, the prompt and what was sent, or all of it; a whole answer is billed whole in any case."""
    billing = Billing(aborted=aborted)
    assert billing.tokens(BROKEN) == broken
    assert billing.tokens(WHOLE) == (100, 50)


@pytest.mark.parametrize("aborted", ["none", "delivered", "full"])
@pytest.mark.parametrize(
    "free",
    [
        BROKEN._replace(status=529, sent_tokens=0),
        BROKEN._replace(status=429, sent_tokens=0, granted=None),
        BROKEN._replace(status=None, sent_tokens=0, granted=None),
    ],
    ids=["an error", "a quota", "still queueing when its client left"],
)
def test_errors_and_what_never_got_a_slot_are_free(aborted: Any, free: Served) -> None:
    """No work was done on it that could be billed."""
    assert Billing(aborted=aborted).tokens(free) == (0, 0)


def test_a_request_dropped_before_its_answer_began_was_worked_on() -> None:
    """It had a slot: its prompt was read."""
    assert Billing().tokens(BROKEN._replace(status=None, sent_tokens=0)) == (100, 0)


def test_what_is_delivered_of_a_broken_answer_is_never_more_than_the_whole() -> None:
    """The three settings come in order of cost."""
    costs = [sum(Billing(aborted=aborted).tokens(BROKEN)) for aborted in ("none", "delivered", "full")]
    assert costs == sorted(costs)


def test_dollars() -> None:
    """Prices are for a million tokens."""
    assert Billing().dollars(1_000_000, 0) == 2.0
    assert Billing().dollars(0, 1_000_000) == 10.0
    assert Billing(input=per_million(0.5), output=per_million("$4/M")).dollars(2000, 1000) == pytest.approx(0.005)
    assert Billing().dollars(0, 0) == 0.0


@pytest.mark.parametrize("model", PRICES)
def test_a_model_sets_both_prices(model: str) -> None:
    """Those of the price list, in dollars; answers cost five times what prompts do."""
    billing = Billing.model_validate({"model": model})
    assert billing.output == pytest.approx(5 * billing.input)
    assert billing.model_dump(include={"input", "output"}) == PRICES[model]


def test_a_price_of_ones_own_goes_before_the_models() -> None:
    """The other stays."""
    billing = Billing.model_validate({"model": "opus", "input": "$1/M"})
    assert (billing.input, billing.output) == (1.0, 20.0)


def test_the_default_is_sonnet() -> None:
    """What is not said is what most calls are."""
    assert Billing().model_dump(exclude={"model"}) == Billing.model_validate({"model": "sonnet"}).model_dump(
        exclude={"model"}
    )


@pytest.mark.parametrize(
    "given", [{"model": "gpt"}, {"input": 2}, {"input": "$-2/M"}, {"aborted": "some"}, {"currency": "EUR"}]
)
def test_what_is_no_billing_is_refused(given: dict[str, Any]) -> None:
    """Unknown models and settings, and prices without a unit."""
    with pytest.raises(ValidationError):
        Billing.model_validate(given)
