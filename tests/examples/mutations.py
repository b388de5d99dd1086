"""Promises of the sample application taken away, one by one: a change of its text, and what its tests then say."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Mutation:
    """A piece of a file that is replaced."""

    file: str
    old: str
    new: str
    red: str
    """The one test that fails."""
    told: str
    """What it says is wrong, as a regular expression."""

    def apply(self, folder: Path) -> None:
        """Raises `LookupError` unless the text is there exactly once."""
        _replace(folder / self.file, self.old, self.new)

    def undo(self, folder: Path) -> None:
        """Mend it again. Raises `LookupError` as `apply` does."""
        _replace(folder / self.file, self.new, self.old)


def _replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    if text.count(old) != 1:
        raise LookupError(f"{path.name} has {text.count(old)} times what is to be replaced: {old!r}")
    path.write_text(text.replace(old, new), encoding="utf-8")


MUTATIONS = {
    "retries are off": Mutation(
        "app/llm.py",
        "max_retries=5,",
        "max_retries=0,",
        "test_a_storm_of_429",
        r"RateLimitError: Error code: 429",
    ),
    "a stream may stand still": Mutation(
        "app/streaming.py",
        "asyncio.timeout(limit)",
        "asyncio.timeout(None)",
        "test_a_stall_in_mid_stream",
        r"3600 s of virtual time are over",
    ),
    "steps are not given what is left": Mutation(
        "app/chain.py",
        ", within=deadline - time.monotonic())",
        ")  # whatever is left",
        "test_a_chain_shares_its_time",
        r"TookTooLong: took 66\.650 s, 6\.650 s more than 60 s",
    ),
    "the breaker never opens": Mutation(
        "app/breaker.py",
        "return self.failures >= self.limit",
        "return False",
        "test_the_breaker_opens_and_recovers",
        r"the breaker lets calls through after three that failed",
    ),
    "a breaker that is half open lets everybody through": Mutation(
        "app/breaker.py",
        "self.probe_at = now + self.open_for",
        "now = now",
        "test_the_breaker_opens_and_recovers",
        r"one call is to find out whether the service is well again\nassert 5 == 1",
    ),
    "the breaker never closes again": Mutation(
        "app/breaker.py",
        "raise\n        self.failures = 0",
        "raise\n        # and never 0",
        "test_the_breaker_opens_and_recovers",
        r"the service is well again, and the breaker still open",
    ),
    "whatever has come is whole": Mutation(
        "app/streaming.py",
        'last != "message_stop"',
        'last == "nothing"',
        "test_a_truncated_stream",
        r"DID NOT RAISE .*Incomplete",
    ),
}
