"""The token bucket, played by a machine against one that counts in fractions."""

from __future__ import annotations

from copy import copy
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from brownout.fakes.limits import Bucket

CLOSE = 1e-6
rates = st.integers(1, 10**6).map(lambda hundredths: Fraction(hundredths, 100))


class BucketMachine(RuleBasedStateMachine):
    """Time passes and tokens are taken; what should be there is kept as an exact fraction."""

    @initialize(rate=rates, over=st.integers(1, 100))
    def fill(self, rate: Fraction, over: int) -> None:
        self.bucket = Bucket(float(rate), over)
        self.rate, self.limit = rate, max(Fraction(1), rate * over)
        self.now, self.level = Fraction(0), self.limit

    @rule(milliseconds=st.integers(0, 10**6))
    def pass_time(self, milliseconds: int) -> None:
        """What comes in is rate times time, up to the brim."""
        seconds = Fraction(milliseconds, 1000)
        self.now += seconds
        self.level = min(self.limit, self.level + seconds * self.rate)

    @rule(sevenths=st.integers(0, 7))
    def take(self, sevenths: int) -> None:
        """What is there can be taken; what is not can be as soon as the bucket said, and not before."""
        count = max(Fraction(1, 10), self.limit * sevenths / 7)
        before = copy(self.bucket)
        seconds = self.bucket.take(float(self.now), float(count))
        if seconds == 0.0:
            assert self.level >= count - Fraction(CLOSE)
            self.level = max(Fraction(0), self.level - count)
            return
        assert self.level < count
        assert self.bucket.level(float(self.now)) == before.level(float(self.now))
        assert copy(before).take(float(self.now) + 0.99 * seconds - CLOSE, float(count)) > 0.0
        assert copy(before).take(float(self.now) + seconds + CLOSE, float(count)) == 0.0

    @invariant()
    def holds_what_it_should(self) -> None:
        """It is never below empty, never above the brim, and just as full as the fractions say."""
        if not hasattr(self, "bucket"):
            return
        now = float(self.now)
        quota = self.bucket.quota("requests", now)
        assert 0.0 <= self.bucket.level(now) <= quota.remaining <= quota.limit == self.bucket.limit
        assert quota.remaining == pytest.approx(float(self.level), rel=CLOSE, abs=CLOSE)
        assert quota.limit == pytest.approx(float(self.limit))
        assert quota.seconds_to_full == pytest.approx(float((self.limit - self.level) / self.rate), rel=CLOSE, abs=1e-3)


BucketMachine.TestCase.settings = settings(max_examples=50)
TestBucket = BucketMachine.TestCase


@given(rates, st.integers(1, 50))
def test_a_full_bucket_gives_its_burst_and_then_the_rate(rate: Fraction, more: int) -> None:
    """Whoever always comes back when told gets the burst at once, and after that one token each interval."""
    bucket = Bucket(float(rate), over=0.5)
    now, taken = 0.0, 0
    while bucket.take(now) == 0.0:
        taken += 1
    assert taken == int(bucket.limit + CLOSE)
    for _ in range(more):
        now += bucket.take(now)
        assert bucket.take(now + CLOSE / float(rate)) == 0.0
        taken += 1
    assert now * float(rate) == pytest.approx(taken - bucket.limit, abs=1e-3)


def test_even_the_smallest_bucket_holds_one() -> None:
    """A quota of less than one request in its burst is a quota all the same."""
    bucket = Bucket(0.001, 1.0)
    assert bucket.take(0.0) == 0.0
    assert bucket.take(0.0) == pytest.approx(1000.0)
