"""Which modules and files are a user's own, rather than installed, Python's or ours."""

from __future__ import annotations

import os
import sys
import sysconfig
from collections.abc import Iterator
from hashlib import sha256
from importlib.metadata import distributions
from pathlib import Path
from types import ModuleType
from typing import Any

_INSTALLED = {sysconfig.get_path(which) for which in ("stdlib", "platstdlib", "purelib", "platlib")}
_PACKAGES = frozenset({"site-packages", "dist-packages"})
_NOT_THEIRS = frozenset({"brownout", "__main__", "__mp_main__"})
_SKIPPED = _PACKAGES | {"node_modules", "__pycache__"}


def users_modules() -> Iterator[tuple[str, ModuleType]]:
    """Modules that are neither installed nor Python's own nor ours: what a user calls the program."""
    modules: tuple[tuple[str, Any], ...] = tuple(sys.modules.items())  # some put other things there
    for name, module in modules:
        if name.partition(".")[0] not in _NOT_THEIRS and isinstance(module, ModuleType) and _is_users(module):
            yield name, module


def _is_users(module: ModuleType) -> bool:
    file = getattr(module, "__file__", None)
    if not isinstance(file, str) or not file.endswith(".py"):
        return False
    path = Path(file)
    if _PACKAGES & set(path.parts):
        return False
    return not any(path.is_relative_to(folder) for folder in _INSTALLED if folder)


def fingerprint(where: str) -> str:
    """Of what its results may depend on: the Python files about it, and every library that is installed."""
    folder = Path(where).resolve().parent if where.endswith(".py") else _folder_of(sys.modules[where])
    own = [(path.relative_to(folder).as_posix(), sha256(path.read_bytes()).hexdigest()) for path in _files(folder)]
    libraries = sorted((each.name, each.version) for each in distributions())
    return sha256(repr((own, libraries)).encode()).hexdigest()


def _folder_of(module: ModuleType) -> Path:
    """Of the whole package that it belongs to."""
    top = sys.modules[module.__name__.partition(".")[0]]
    return Path(next(iter(top.__path__)) if hasattr(top, "__path__") else Path(str(top.__file__)).parent)


def _files(folder: Path) -> Iterator[Path]:
    """Python files there, and in folders below that have any: beside a program may lie a whole home."""
    for here, below, names in os.walk(folder):
        below[:] = sorted(
            name
            for name in below
            if not name.startswith(".") and name not in _SKIPPED and any(Path(here, name).glob("*.py"))
        )
        yield from (Path(here, name) for name in sorted(names) if name.endswith(".py"))
