"""The incidents and client configurations that come with Brownout, as YAML. Knows nothing of what they mean.

May import none of the other folders.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

_HERE = Path(__file__).parent


def incidents() -> dict[str, Path]:
    """Name -> file of every scenario shipped."""
    return dict(_files("incidents"))


def clients() -> dict[str, Path]:
    """Name -> file of every client configuration shipped."""
    return dict(_files("clients"))


def presets() -> dict[str, Path]:
    """Name -> file of every client to start from, one for each kind of call."""
    return dict(_files("presets"))


def months() -> dict[str, Path]:
    """Name -> file of every scenario of weeks that alert rules are shown."""
    return dict(_files("months"))


def alerts() -> dict[str, Path]:
    """Name -> file of every alert rule shipped."""
    return dict(_files("alerts"))


def scenarios() -> dict[str, Path]:
    """Name -> file of every scenario that goes by its name."""
    return incidents() | months()


def guide() -> dict[str, Path]:
    """Name -> file of every claim of a guide that is put to the test."""
    return dict(_files("guide"))


def literature() -> dict[str, Path]:
    """Name -> file of every finding of the literature on overload that is played again."""
    return dict(_files("literature"))


def claims() -> dict[str, Path]:
    """Name -> file of all that somebody says and that is put to the test."""
    return guide() | literature()


def known_clients() -> dict[str, Path]:
    """Name -> file of every client that goes by its name: those that are compared, and those to start from."""
    return clients() | presets()


def _files(folder: str) -> Iterator[tuple[str, Path]]:
    for path in sorted((_HERE / folder).glob("*.yaml"), key=lambda path: path.stem):  # `guide` before `guide-stacked`
        yield path.stem, path
