"""What figures are made with: the interpreter, the machine and the libraries that a result may depend on."""

from __future__ import annotations

import platform
from functools import cache
from importlib.metadata import PackageNotFoundError, version

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
