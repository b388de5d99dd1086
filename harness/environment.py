"""What figures are made with: the interpreter, the machine and the libraries that a result may depend on."""

from __future__ import annotations

import platform
from functools import cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

LIBRARIES = ("brownout", "anthropic", "httpx", "httpx2", "simpy", "numpy", "pydantic")


def environment() -> dict[str, str]:
    """Name -> version. A library that is not installed, as in a checkout on the path, is left out."""
    return dict(_found())


@cache
def _found() -> tuple[tuple[str, str], ...]:
    found = [("python", platform.python_version()), ("platform", f"{platform.system()} {platform.machine()}")]
    for name in LIBRARIES:
        try:
            found.append((name, version(name)))
        except PackageNotFoundError:
            continue
    return tuple(found)


@cache
def code() -> str:
    """A hash of the code that results are made by: a checkout changes under one version number."""
    folders = (Path(__file__).parents[1] / name for name in ("fakes", "harness"))
    files = sorted(path for folder in folders for path in folder.resolve().rglob("*.py"))
    return sha256(b"".join(path.read_bytes() for path in files)).hexdigest()
