"""The garbage collector, told to come less often."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def few_collections(lasting: int = 0) -> Iterator[None]:
    """Millions of short-lived objects, hardly any cycles: the collector's usual pace costs a third of the run.

    `lasting`: about how many more there will be that stay until the end. To look through those finds nothing."""
    before = gc.get_threshold()
    gc.set_threshold(200_000 + lasting, 50, 100)
    try:
        yield
    finally:
        gc.set_threshold(*before)
