"""What was exported to TypeScript, compiled once for all tests of a worker."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from brownout.harness.exporting import export

from ...sdk import typescript
from .node import compile_all
from .playing import shipped
from .variants import TYPESCRIPT


@pytest.fixture(scope="session")
def programs() -> Iterator[Path]:
    """The folder with the JavaScript of every client, by its name."""
    texts = {name: export(client, "typescript") for name, client in {**shipped(), **TYPESCRIPT}.items()}
    with typescript.workshop() as folder:
        compile_all(texts, folder)
        yield folder
