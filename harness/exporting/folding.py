"""Breaks a call or a list that is too long for its line, as the formatters of both languages would."""

from __future__ import annotations

WIDTH = 88
_PAIRS = {"(": ")", "[": "]", "{": "}"}


def folded(text: str, indent: str, step: str = "    ", hugs: bool = False) -> str:
    """The code at that indentation: on one line if it fits, else its outermost brackets have a line for each item.
    `hugs`: whether `f({` stays together where an object is all that a function is given."""
    if len(indent) + len(text) <= WIDTH:
        return indent + text
    start, end = _outermost(text)
    if start < 0:
        return indent + text
    items = _items(text[start + 1 : end])
    if hugs and len(items) == 1 and items[0].startswith("{"):
        start, end = start + 1, text.rindex("}", start, end)
        items = _items(text[start + 1 : end])
    inner = [folded(f"{item},", indent + step, step, hugs) for item in items]
    return "\n".join([indent + text[: start + 1], *inner, indent + text[end:]])


def _outermost(text: str) -> tuple[int, int]:
    """Where the first group begins, and where it ends."""
    depth, start = 0, -1
    for at, letter in _code(text):
        if letter in _PAIRS:
            start = at if start < 0 else start
            depth += 1
        elif letter in _PAIRS.values():
            depth -= 1
            if not depth:
                return start, at
    return -1, -1


def _items(text: str) -> list[str]:
    """What the commas outside of brackets separate."""
    items, depth, since = [], 0, 0
    for at, letter in _code(text):
        depth += (letter in _PAIRS) - (letter in _PAIRS.values())
        if letter == "," and not depth:
            items.append(text[since:at].strip())
            since = at + 1
    return [item for item in (*items, text[since:].strip()) if item]


def _code(text: str) -> list[tuple[int, str]]:
    """The letters that are not in a quoted text, with their places."""
    found, is_quoted, is_escaped = [], False, False
    for at, letter in enumerate(text):
        if letter == '"' and not is_escaped:
            is_quoted = not is_quoted
        elif not is_quoted:
            found.append((at, letter))
        is_escaped = is_quoted and letter == "\\" and not is_escaped
    return found
