"""All quotas at once, played by a machine against one that counts in fractions."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from brownout.fakes.billing import Billing
from brownout.fakes.draws import Identity
from brownout.fakes.limits import Gate, Limits, gate
from brownout.fakes.plan import Error, Head, Plan
from brownout.fakes.ticket import Request, Ticket
from brownout.fakes.units import per_second, seconds

CLOSE = 1e-5
REQUESTS, INPUT, OUTPUT = NAMES = "requests", "input-tokens", "output-tokens"
rates = st.integers(1, 10**4).map(lambda tenths: Fraction(tenths, 10))


def asked(input_tokens: int = 1, key: str = "", attempt: int = 0, model: str = "m") -> Request:
    return Request(Identity(0, 0, attempt), True, input_tokens, 100, model, key=key)


def told(plan: Plan | None) -> tuple[float | None, str]:
    """Of a refusal: `retry-after`, and the message."""
    assert plan is not None
    head, error, _ = plan
    assert isinstance(head, Head)
    assert isinstance(error, Error)
    assert (head.status, error.type) == (429, "rate_limit_error")
    return head.retry_after, error.message


def gate_of(**limits: Any) -> Gate:
    return Gate(Limits.model_validate(limits), Billing())


@dataclass(eq=False)
class Answer:
    """One that is being made; stands for its ticket, too."""

    request: Request
    began: Fraction
    gap: Fraction
    count: int

    @property
    def ends(self) -> Fraction:
        return self.began + self.count * self.gap


@dataclass
class Exact:
    """A bucket in fractions, and what has been taken from it since when."""

    rate: Fraction
    limit: Fraction
    level: Fraction
    at: Fraction = Fraction(0)
    flow: Fraction = Fraction(0)
    taken: list[tuple[Fraction, Fraction]] = field(default_factory=list)

    def until(self, now: Fraction) -> None:
        """Let time pass, in which no answer begins or ends."""
        passed = now - self.at
        self.taken.append((self.at, self.flow * passed))
        self.level = min(self.limit, self.level + passed * (self.rate - self.flow))
        self.at = now

    def take(self, count: Fraction) -> None:
        self.taken.append((self.at, count))
        self.level = min(self.limit, self.level - count)


class GateMachine(RuleBasedStateMachine):
    """Requests come, answers flow, some of them break off, and time only moves on."""

    @initialize(requests=rates, prompts=rates, answers=rates, over=st.integers(1, 100))
    def open(self, requests: Fraction, prompts: Fraction, answers: Fraction, over: int) -> None:
        each = dict(zip(NAMES, (requests, prompts, answers), strict=True))
        given: dict[str, Any] = {name.replace("-", "_"): per_second(float(rate)) for name, rate in each.items()}
        self.gate = gate_of(**given, burst_over=seconds(over))
        assert self.gate.meter is not None
        self.meter = self.gate.meter
        self.now = Fraction(0)
        self.exact = {name: Exact(rate, limit := max(Fraction(1), rate * over), limit) for name, rate in each.items()}
        self.flowing: list[Answer] = []

    def quotas(self) -> dict[str, Any]:
        return {quota.name: quota for quota in self.gate.quotas(float(self.now))}

    @rule(milliseconds=st.integers(0, 10**5))
    def pass_time(self, milliseconds: int) -> None:
        """Answers come to their end in the meantime, each at its own time."""
        later = self.now + Fraction(milliseconds, 1000)
        for answer in sorted(self.flowing, key=lambda answer: answer.ends):
            if answer.ends <= later:
                self.now = answer.ends
                self.stop(answer, answer.count)
        self.now = later

    @rule(share=st.integers(0, 8), flows=st.booleans(), gap=st.integers(1, 2000), count=st.integers(1, 2000))
    def ask(self, share: int, flows: bool, gap: int, count: int) -> None:
        """Let in if and only if each bucket has what it takes, as its header says; else not before `retry-after`."""
        prompt = max(1, int(self.exact[INPUT].limit * share / 7))
        costs = {REQUESTS: 1, INPUT: prompt, OUTPUT: 1}
        for exact in self.exact.values():
            exact.until(self.now)
        missing = [cost - self.exact[name].level for name, cost in costs.items()]
        if any(abs(each) < CLOSE for each in missing):
            return  # a matter of rounding
        before = deepcopy(self.gate)
        shown = self.quotas()
        refusal = self.gate.refuses(asked(prompt), float(self.now))
        assert (refusal is None) == all(int(shown[name].remaining) >= cost for name, cost in costs.items())
        assert (refusal is None) == all(each < 0 for each in missing)
        if refusal is not None:
            self.was_refused(before, refusal, prompt)
            return
        self.exact[REQUESTS].take(Fraction(1))
        self.exact[INPUT].take(Fraction(prompt))
        self.is_within_limits()
        if flows:
            answer: Any = Answer(asked(prompt), self.now, Fraction(gap, 1000), count)
            self.exact[OUTPUT].flow += 1 / answer.gap
            self.flowing.append(answer)
            self.meter.begin(answer, float(self.now), float(answer.gap), float(self.now))

    def was_refused(self, before: Gate, refusal: Plan, prompt: int) -> None:
        """Nothing was charged, and what was said is true as long as nobody else comes."""
        assert before.quotas(float(self.now)) == self.gate.quotas(float(self.now))
        after, message = told(refusal)
        if after is None:
            assert prompt > self.exact[INPUT].limit
            assert "input tokens" in message
            return
        assert after == int(after) >= 1
        early = float(self.now) + after - 1 - CLOSE
        if after > 1:
            assert deepcopy(before).refuses(asked(prompt), early) is not None
        if not self.flowing:
            assert before.refuses(asked(prompt), float(self.now) + after) is None

    def is_within_limits(self) -> None:
        """Of whatever window that ends with somebody let in, no more was taken than the limit and what came in."""
        for exact in self.exact.values():
            total = Fraction(0)
            for when, count in reversed(exact.taken):
                total += count
                assert total <= exact.limit + exact.rate * (self.now - when) + Fraction(CLOSE)

    @precondition(lambda self: self.flowing)
    @rule(which=st.integers(0, 100))
    def break_off(self, which: int) -> None:
        """Charged is what was made, in whole tokens."""
        answer = self.flowing[which % len(self.flowing)]
        self.stop(answer, min(answer.count, (self.now - answer.began) // answer.gap))

    def stop(self, answer: Any, tokens: int) -> None:
        self.flowing.remove(answer)
        exact = self.exact[OUTPUT]
        exact.until(self.now)
        exact.flow -= 1 / answer.gap
        exact.take(tokens - (self.now - answer.began) / answer.gap)
        self.meter.end(answer, tokens, float(self.now))
        self.meter.end(answer, tokens, float(self.now))  # once more is no more

    @invariant()
    def headers_say_what_is_there(self) -> None:
        """Never above the limit; below empty is shown as empty; `tokens` is the bucket of which the least is left."""
        if not hasattr(self, "gate"):
            return
        shown = self.quotas()
        assert list(shown) == [REQUESTS, "tokens", INPUT, OUTPUT]
        for name, exact in self.exact.items():
            exact.until(self.now)
            quota, close = shown[name], CLOSE * float(exact.limit)
            assert 0.0 <= quota.remaining <= quota.limit == pytest.approx(float(exact.limit))
            assert quota.remaining == pytest.approx(max(0.0, float(exact.level)), abs=close)
            to_full = float((exact.limit - exact.level) / exact.rate)
            assert quota.seconds_to_full == pytest.approx(to_full, rel=CLOSE, abs=1e-3)
        least = min((shown[INPUT], shown[OUTPUT]), key=lambda quota: (quota.remaining / quota.limit, quota.limit))
        assert shown["tokens"] == least._replace(name="tokens")


GateMachine.TestCase.settings = settings(max_examples=50)
TestGate = GateMachine.TestCase


def test_the_message_names_the_quota_that_takes_longest() -> None:
    """Of two that are used up, the wait is the longer one: after the shorter the request would fail again."""
    both = gate_of(requests="60/min", input_tokens="600/min", burst_over="1s")
    assert both.refuses(asked(10), 0.0) is None
    after, message = told(both.refuses(asked(10), 0.0))
    assert (after, message.endswith("organization of 60 requests per minute.")) == (1.0, True)
    assert both.refuses(asked(1), 1.0) is None
    after, message = told(both.refuses(asked(10), 1.5))
    assert (after, message.endswith("organization of 60 requests per minute.")) == (1.0, True)
    slow = gate_of(requests="60/min", input_tokens="2M/min", burst_over="3m")
    for _ in range(3):
        slow.refuses(asked(2_000_000), 0.0)
    after, message = told(slow.refuses(asked(2_000_000), 0.0))
    assert (after, message.endswith("organization of 2,000,000 input tokens per minute.")) == (60.0, True)


def test_a_prompt_larger_than_the_bucket_never_fits() -> None:
    """It is told no time to come again, and costs the others nothing."""
    tokens = gate_of(input_tokens="60/min", burst_over="10s")
    assert told(tokens.refuses(asked(11), 0.0))[0] is None
    assert told(tokens.refuses(asked(11), 1e6))[0] is None
    assert tokens.refuses(asked(10), 0.0) is None


def test_each_key_has_its_own_quota() -> None:
    """One that is used up is nothing to the others; what is not told apart shares one."""
    for per, others in (("key", None), ("organisation", 429)):
        found = gate_of(requests="1/min", per=per)
        assert found.refuses(asked(key="a"), 0.0) is None
        refusal = found.refuses(asked(key="b"), 0.0)
        assert (None if refusal is None else refusal[0].status) == others  # type: ignore[union-attr]
        assert found.refuses(asked(key="a"), 0.0) is not None
        assert [quota.remaining for quota in found.quotas(0.0, "c")] == [1.0 if per == "key" else 0.0]


def test_each_model_has_its_own_quota() -> None:
    """As at the service; and each key of each model, where that is wanted."""
    asked_for = [("a", "small"), ("b", "small"), ("a", "large"), ("b", "large"), ("a", "small")]
    let_in = {}
    for per in ("organisation", "key", "model", "key_and_model"):
        found = gate_of(requests="1/min", per=per)
        let_in[per] = [found.refuses(asked(key=key, model=model), 0.0) is None for key, model in asked_for]
        shown = [quota.remaining for quota in found.quotas(0.0, "c", "small")]
        assert shown == [1.0 if per in ("key", "key_and_model") else 0.0]
    assert let_in == {
        "organisation": [True, False, False, False, False],
        "key": [True, True, False, False, False],
        "model": [True, False, True, False, False],
        "key_and_model": [True, True, True, True, False],
    }


def test_output_is_charged_to_the_model_that_makes_it() -> None:
    """What one model says is nothing to another's bucket."""
    found = gate_of(output_tokens="10/s", burst_over="1s", per="model")
    assert found.meter is not None
    busy, idle = (Ticket(asked(model=model), 0.0, 8, 0, 0.0) for model in ("busy", "idle"))
    found.meter.begin(busy, 0.0, 0.01, 0.0)
    found.meter.end(busy, 8, 0.08)
    assert [quota.remaining for quota in found.quotas(0.08, "", "busy")][:1] == [pytest.approx(2.8)]
    assert [quota.remaining for quota in found.quotas(0.08, "", idle.request.model)][:1] == [10.0]


def test_keys_without_end_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever was away longest starts anew; whoever goes on coming does not."""
    monkeypatch.setattr(gate, "MOST_PAYERS", 3)
    found = gate_of(requests="1/d", burst_over="1d", per="key")
    for key in "abc":
        assert found.refuses(asked(key=key), 0.0) is None
    assert found.refuses(asked(key="a"), 0.0) is not None
    assert found.refuses(asked(key="d"), 0.0) is None
    assert [found.refuses(asked(key=key), 0.0) is None for key in "acdb"] == [False, False, False, True]


def test_an_early_retry_waits_all_over_again() -> None:
    """Each retry that comes too early starts the wait anew, for all; whoever has not been refused only waits."""
    found = gate_of(requests="6/min", burst_over="1s", early_retries="extend")
    assert found.refuses(asked(), 0.0) is None
    assert told(found.refuses(asked(), 0.0))[0] == 10.0
    assert told(found.refuses(asked(), 4.0))[0] == 6.0
    assert told(found.refuses(asked(attempt=1), 9.0))[0] == 10.0
    assert told(found.refuses(asked(), 18.5))[0] == 1.0
    assert found.refuses(asked(attempt=1), 19.0) is None


def test_early_retries_that_are_as_others_ask_again() -> None:
    """Not extended, the wait is over when it was said to be, whoever came in between."""
    found = gate_of(requests="6/min", burst_over="1s")
    assert found.refuses(asked(), 0.0) is None
    assert told(found.refuses(asked(), 0.0))[0] == 10.0
    assert told(found.refuses(asked(attempt=1), 9.0))[0] == 1.0
    assert found.refuses(asked(attempt=2), 10.0) is None
