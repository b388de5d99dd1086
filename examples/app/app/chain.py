"""Three calls, each of which needs the answer before it, and one promise of how long they take together."""

from __future__ import annotations

import time

from .chat import ask

STEPS = ("Outline an article about this:", "Write the article of this outline:", "Polish this article:")


async def write(topic: str, within: float = 55.0) -> str:
    """An article. Raises what `ask` does: `TimeoutError` when the time that the steps share is used up."""
    deadline = time.monotonic() + within
    text = topic
    for step in STEPS:
        text = await ask(f"{step}\n\n{text}", within=deadline - time.monotonic())
    return text
