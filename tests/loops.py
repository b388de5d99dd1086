"""Event loops: a test that needs one runs in each that there is."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Coroutine
from functools import wraps
from importlib import import_module
from importlib.util import find_spec
from typing import Any, ParamSpec

import pytest

from .patience import PATIENCE

Given = ParamSpec("Given")
Factory = Callable[[], asyncio.AbstractEventLoop]

LOOPS: dict[str, Factory] = {"asyncio": asyncio.new_event_loop}
if find_spec("uvloop"):
    LOOPS["uvloop"] = import_module("uvloop").new_event_loop


def on_loop(test: Callable[Given, Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """Run a test in an event loop of its own, once in each kind, and fail it when it hangs."""

    @wraps(test)
    def run(*args: Given.args, loop: str, **kwargs: Given.kwargs) -> None:
        with asyncio.Runner(loop_factory=LOOPS[loop]) as runner:
            runner.run(asyncio.wait_for(test(*args, **kwargs), PATIENCE))

    own = inspect.signature(test)
    kind = inspect.Parameter("loop", inspect.Parameter.KEYWORD_ONLY)
    run.__signature__ = own.replace(parameters=[*own.parameters.values(), kind])  # type: ignore[attr-defined]
    return pytest.mark.parametrize("loop", LOOPS)(run)
