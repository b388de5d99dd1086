"""Text of strangers, made fit for a terminal: nothing in it moves the cursor, or ends a line it should not."""

from __future__ import annotations


def escaped(text: str) -> str:
    """On one line; what cannot be printed stands as its code."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def blanked(text: str, but: str = "") -> str:
    """What cannot be printed is a blank, `but` for some characters."""
    return "".join(c if c.isprintable() or c in but else " " for c in text)
