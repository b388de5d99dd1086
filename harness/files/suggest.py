"""Guesses what somebody meant to write. Pure text."""

from __future__ import annotations

import difflib
import json
from collections.abc import Collection, Iterable

LONGEST = 64
"""Nobody mistypes a longer name, and comparing costs the square of its length."""


def nearest(name: str, known: Collection[str]) -> str | None:
    """The known name most like this one, if any is like it at all."""
    if len(name) > LONGEST:
        return None
    plain = {_plain(candidate): candidate for candidate in known}
    found = difflib.get_close_matches(_plain(name), plain, n=1)
    return plain[found[0]] if found else None


def did_you_mean(name: str, known: Collection[str]) -> str:
    """What to append to a complaint about an unknown name: the nearest one, else all there are."""
    if near := nearest(name, known):
        return f", did you mean {quoted(near)}?"
    return f"; known: {', '.join(map(quoted, sorted(known)))}" if 0 < len(known) <= 60 else ""


def quoted(text: str) -> str:
    """The text as it could stand in a file, its middle left out where it is long."""
    if len(text) > LONGEST:
        text = f"{text[:40]}...{text[-20:]}"
    return json.dumps(text, ensure_ascii=False)


def listed(choices: Iterable[str]) -> str:
    """``a, b or c``; nothing of nothing."""
    *most, last = list(choices) or [""]
    return f"{', '.join(most)} or {last}" if most else last


def _plain(name: str) -> str:
    return name.lower().replace("-", "_")
