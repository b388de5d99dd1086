"""Who runs: a strand is a thread of its own, to whoever asks for its number, its name or the values it keeps."""

from __future__ import annotations

import threading
from _thread import get_ident
from typing import Any, NoReturn
from weakref import WeakKeyDictionary, ref

from greenlet import getcurrent, greenlet

from .hub import Strand

_current = threading.current_thread


class _Anybody(threading.Thread):
    """What `threading` says of a strand that is no thread of its: as of any thread that it did not start."""

    def __init__(self, strand: Strand) -> None:
        super().__init__(name=strand.name, daemon=True)
        self._ident = self._native_id = strand.ident
        self._started.set()  # type: ignore[attr-defined]
        self._strand = ref(strand)

    def is_alive(self) -> bool:
        strand = self._strand()
        return strand is not None and not strand.dead

    def join(self, timeout: float | None = None) -> NoReturn:
        raise RuntimeError("cannot join a dummy thread")


class Local:
    """Stands for a `threading.local` that was there before: strands have values of their own, all others its."""

    __slots__ = ("__own", "__real", "__weakref__")

    def __init__(self, real: Any) -> None:
        object.__setattr__(self, "_Local__real", real)
        object.__setattr__(self, "_Local__own", WeakKeyDictionary[greenlet, dict[str, Any]]())

    @property
    def __dict__(self) -> dict[str, Any]:  # type: ignore[override]
        strand = getcurrent()
        values: dict[str, Any] = (
            self.__own.setdefault(strand, {}) if isinstance(strand, Strand) else self.__real.__dict__
        )
        return values

    def __getattr__(self, name: str) -> Any:
        try:
            return self.__dict__[name]
        except KeyError:
            raise AttributeError(f"'_thread._local' object has no attribute {name!r}", name=name, obj=self) from None

    def __setattr__(self, name: str, value: Any) -> None:
        self.__dict__[name] = value

    def __delattr__(self, name: str) -> None:
        if self.__dict__.pop(name, self) is self:
            raise AttributeError(f"'_thread._local' object has no attribute {name!r}", name=name, obj=self)


def ident() -> int:
    """Of whoever runs: to a reentrant lock, a strand is a thread of its own."""
    strand = getcurrent()
    return strand.ident if isinstance(strand, Strand) else get_ident()


def current_thread() -> threading.Thread:
    """What `threading` knows whoever runs as."""
    strand = getcurrent()
    if not isinstance(strand, Strand):
        return _current()
    if strand.thread is None:
        strand.thread = _Anybody(strand)
    return strand.thread  # type: ignore[no-any-return]
