"""Lists, a page at a time: `limit`, `before_id` and `after_id`, as every list of the service takes them."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .messages import invalid

USUAL, MOST = 20, 1000
_LIMIT = re.compile(r"[+-]?[0-9]{1,18}")


def cut(places: Sequence[int], place_of: Callable[[str], int | None], query: Mapping[str, str]) -> tuple[range, bool]:
    """Which of the items a page has, and whether there are more in the direction that it was asked for.

    `places` are in ascending order; `place_of` knows also those of items that are gone, so that whoever deletes what
    he lists comes to the end of the list all the same. Raises `Rejected`.
    """
    limit = _limit(query.get("limit", str(USUAL)))
    before, after = (_cursor(name, place_of, query) for name in ("before_id", "after_id"))
    if before is not None and after is not None:
        raise invalid("before_id, after_id: only one of them may be given")
    if before is not None:
        end = bisect_left(places, before)
        return range(max(0, end - limit), end), end > limit
    start = 0 if after is None else bisect_right(places, after)
    return range(start, min(len(places), start + limit)), start + limit < len(places)


def page(data: Sequence[Mapping[str, Any]], has_more: bool) -> dict[str, Any]:
    """The body of a page. The items have ids."""
    ends = (data[0]["id"], data[-1]["id"]) if data else (None, None)
    return {"data": list(data), "has_more": has_more, "first_id": ends[0], "last_id": ends[1]}


def _limit(given: str) -> int:
    if not _LIMIT.fullmatch(given):
        raise invalid("limit: Input should be a valid integer, unable to parse string as an integer")
    if int(given) < 1:
        raise invalid("limit: Input should be greater than or equal to 1")
    if int(given) > MOST:
        raise invalid(f"limit: Input should be less than or equal to {MOST}")
    return int(given)


def _cursor(name: str, place_of: Callable[[str], int | None], query: Mapping[str, str]) -> int | None:
    if not (given := query.get(name)):
        return None
    if (place := place_of(given)) is None:
        raise invalid(f"{name}: Invalid cursor")
    return place
