"""How the rest of an answer is asked for whose stream broke off: of a model up to 4.5 by its own last turn, of later
ones, and of those whose names do not say, by a turn of the user's, which every model takes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, Protocol

from brownout.fakes.continuing import takes_prefill

GO_ON = (
    "Your answer above was interrupted. Continue exactly where it left off: say nothing of it again, "
    "and nothing about the interruption."
)


class Told(Protocol):
    """A stream that broke off."""

    @property
    def is_resumable(self) -> bool:
        """Whether the last that came of it is text; a tool's call or a thought cannot be gone on with."""

    @property
    def told(self) -> str:
        """The text of the answer so far, that of earlier streams first."""

    @property
    def last_text(self) -> float:
        """When the last of it came, in seconds of the run."""


class Rest(NamedTuple):
    """What a call asks for instead of a whole answer."""

    tokens: int
    """Content events so far."""
    stream: Told
    """The last of the streams that they came by."""

    def turns(self, model: str) -> list[dict[str, Any]]:
        """What comes after the application's own messages."""
        text = self.stream.told.rstrip()  # a turn that ends with a blank is refused
        turns: list[dict[str, Any]] = [{"role": "assistant", "content": text}]
        return turns if takes_prefill(model) else [*turns, {"role": "user", "content": GO_ON}]

    def request(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The same request for the rest alone. An event of content is a token at least, so that many are left at
        most."""
        messages: Iterable[Any] = given["messages"]
        left = max(1, given["max_tokens"] - self.tokens)
        return {**given, "messages": [*messages, *self.turns(given["model"])], "max_tokens": left}
