"""What strategies shrink to, the same in every run."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from hypothesis import Phase, find, given, settings
from hypothesis.strategies import SearchStrategy

T = TypeVar("T")

SAME = settings(
    derandomize=True, database=None, deadline=None, max_examples=2000, phases=[Phase.generate, Phase.shrink]
)
"""No explanations: to find them takes longer than all else."""


def smallest(strategy: SearchStrategy[T], is_it: Callable[[T], bool] = lambda value: True) -> T:
    """The smallest value of that kind. Raises `hypothesis.errors.NoSuchExample`."""
    return find(strategy, is_it, settings=SAME)


def printed(strategy: SearchStrategy[T], is_it: Callable[[T], bool]) -> str:
    """What Hypothesis says of the smallest value for which a test fails."""

    @SAME
    @given(value=strategy)
    def test(value: T) -> None:
        assert not is_it(value)

    try:
        test()
    except AssertionError as error:
        return "\n".join(error.__notes__)
    raise LookupError("nothing fails")
