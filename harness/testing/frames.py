"""What pytest shows of the way to a failure: the program's own lines, not the insides of the libraries between them."""

from __future__ import annotations

from functools import partial
from typing import Any

from brownout.fakes.virtual.patches import root

_LIBRARIES = frozenset({"anthropic", "anyio", "brownout", "contextlib", "httpcore", "httpcore2", "httpx", "httpx2"})
_WHOLE = frozenset({"long", "native"})


def shorten(item: Any) -> None:
    """From now on a failure of this test is told so, unless all of it is wanted (`--tb=long`, `--full-trace`)."""
    if item.config.getoption("tbstyle", "auto") not in _WHOLE:
        item._traceback_filter = partial(_shortened, item)


def _shortened(item: Any, excinfo: Any) -> Any:
    traceback = type(item)._traceback_filter(item, excinfo)
    if not getattr(excinfo.value, "pytrace", True):
        return traceback  # none of it is shown
    return traceback.filter(_is_the_programs)


def _is_the_programs(entry: Any) -> bool:
    return root(entry.frame.f_globals.get("__name__", "")) not in _LIBRARIES
