"""A process, and whichever takes its place: what kills one is tried again in the next."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .died import TRIES, NoWorkers, WorkersDied
from .parcels import Parcel
from .process import Died, Process


class Hand:
    """One thing at a time, so that it is known what a process had in hand when it died."""

    def __init__(self, begin: Callable[[], Process], ended: Callable[[Process], None]) -> None:
        """`begin` starts a process, and raises `NoWorkers` where there will be no more; `ended` is told of each."""
        self._begin = begin
        self._ended = ended
        self._process: Process | None = None
        self._failed = 0
        """Processes in a row that have not come up."""

    def done(self, parcel: Parcel) -> tuple[Any, BaseException | None]:
        """What comes of it, a value or an exception. Raises `WorkersDied` where it kills `TRIES`, and `NoWorkers`."""
        for _ in range(TRIES):
            try:
                return self._ready().done(parcel)
            except Died:
                self.close()
        raise WorkersDied(f"{TRIES} worker processes were killed by the same work; too little memory?")

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.join()
            self._ended(self._process)
            self._process = None

    def _ready(self) -> Process:
        """That one does not come up is nobody's fault who waits for it."""
        while self._process is None:
            if self._failed >= TRIES:
                raise NoWorkers(
                    f"{TRIES} worker processes in a row have ended as they began: a script of yours needs its "
                    '`if __name__ == "__main__":`, and processes need memory'
                )
            self._process = self._begin()
            try:
                self._process.until_ready()
            except Died:
                self.close()
                self._failed += 1
            else:
                self._failed = 0
        return self._process
