"""What a resilient client's calls amount to, while they are made. A hook, and the same for a ledger."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Self

from brownout.fakes.units import UnitError, parse_duration

from ..ledger import Ledger
from ..production.records import Outbox
from ..production.state import monotonic
from . import watching
from .exposition import exposition
from .figures import Snapshot
from .gathering import replay
from .holding import Holding
from .snapshots import snapshot
from .watching import Alarm, Ruled, Watching

if TYPE_CHECKING:
    from opentelemetry.metrics import Meter

    from .scraping import Scraping

WINDOWS = ("5m", "1h", "6h", "1d")
GROUPS = 20


class _Played:
    """The clock of a ledger."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


class Monitor:
    """One for each resilient client, as its hook: `brownout.resilient(client, "client.yaml", hooks=[monitor])`. It may
    be told and looked at from any threads and tasks, and has no thread of its own: time passes for it with every record
    and every look.

    `name` tells clients apart where they are scraped. `rules`: alert rules, by the name of a shipped one or a path;
    `on_alarm` is told every `Alarm`, in the thread that has noticed it. `windows`: lengths in rising order. `models`
    that are known beforehand have counters from the start. Of more than `most_groups` models and endpoints the later
    ones are counted together, as `other`. `serve`: an address to be scraped at, as for the method. `clock`: seconds.

    Raises `ValueError` for arguments, `ImportError` without `brownout[monitor]`, and `harness.sources.UnknownName` or
    `harness.files.FileError` for rules.
    """

    def __init__(
        self,
        *,
        name: str = "",
        rules: Sequence[Ruled] = (),
        on_alarm: Callable[[Alarm], object] | None = None,
        windows: Sequence[str] = WINDOWS,
        models: Sequence[str] = (),
        most_groups: int = GROUPS,
        serve: str | None = None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        if isinstance(models, str):
            raise ValueError(f"models: expected a list of names, got {models!r}; write [...] around it")
        if most_groups < 1:
            raise ValueError(f"most_groups: expected 1 or more, got {most_groups}")
        self.name = name
        self._clock = clock
        self._zero = clock()
        self._now = 0.0
        self._lock = threading.Lock()
        self._delivering = threading.Lock()
        self._outbox = Outbox([watching.log] if on_alarm is None else [watching.log, on_alarm])
        watched = Watching(watching.files(rules), self._outbox.put)
        self._holding = Holding(name, _lengths(windows), models, most_groups, watched)
        self._scraping: Scraping | None = None
        if serve is not None:
            self.serve(serve)

    @classmethod
    def of_ledger(cls, ledger: Ledger, lasts: float | None = None, model: str = "", **given: Any) -> Self:
        """What a monitor would have said at the end of a run of `lasts` seconds, or of its last record. `model`: which
        was asked, as ledgers do not say. The rest as for a monitor."""
        clock = _Played()
        monitor = cls(clock=clock, **given)
        for at, record in replay(ledger, model):
            if lasts is not None and at >= lasts:
                break
            clock.now = at
            monitor(record)
        if lasts is not None:
            clock.now = lasts
            monitor.look()
        return monitor

    # -- what it is told

    def __call__(self, record: Any) -> None:
        """A record of the client."""
        with self._lock:
            self._holding.tell(record, self._passed())
        self._deliver()

    def look(self) -> None:
        """Let the rules see the time that has passed, where neither calls nor anybody who scrapes does."""
        with self._lock:
            self._passed()
        self._deliver()

    # -- what it says

    def snapshot(self) -> Snapshot:
        """All figures, now."""
        with self._lock:
            held = self._holding.held(self._passed())
        self._deliver()
        return snapshot(held)

    def openmetrics(self) -> str:
        """All counts since the beginning for Prometheus, of the type `harness.monitoring.exposition.MEDIA_TYPE`."""
        with self._lock:
            self._passed()
            totals = self._holding.totals()
        self._deliver()
        return exposition(totals)

    def observe(self, meter: Meter | None = None) -> None:
        """The windows' figures as observable gauges of OpenTelemetry; without a `meter`, of the global provider's.
        Raises `ImportError` without `brownout[otel]`."""
        from .otel import observe

        observe(self.snapshot, self._clock, meter)

    def serve(self, address: str = "127.0.0.1:9464", *, allow_remote: bool = False) -> str:
        """Listen there until `close`, in a daemon thread: `GET /metrics` is for Prometheus, `GET /` the snapshot as
        JSON. Returns where: port 0 is any that is free. Raises `ValueError` for an address that is none, or that other
        machines can reach without `allow_remote`, `RuntimeError` for a second one, and `OSError`."""
        from .scraping import Scraping

        if self._scraping is not None:
            raise RuntimeError(f"the monitor is served at {self._scraping.address} already")
        self._scraping = Scraping(address, allow_remote, self.openmetrics, lambda: self.snapshot().as_dict())
        return self._scraping.address

    def close(self) -> None:
        """Be served no more. It goes on being told."""
        scraping, self._scraping = self._scraping, None
        if scraping is not None:
            scraping.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _deliver(self) -> None:
        """Alarms are told by one thread at a time, or one could be over before it was heard of."""
        while self._outbox.is_waiting and self._delivering.acquire(blocking=False):
            try:
                self._outbox.deliver()
            finally:
                self._delivering.release()

    def _passed(self) -> float:
        """Seconds since the beginning, under the lock; ticks that are over by then are closed."""
        now = self._now = max(self._now, self._clock() - self._zero)
        self._holding.advance(now)
        return now


def _lengths(windows: Sequence[str]) -> dict[str, float]:
    """Name -> seconds. Raises `ValueError`."""
    try:
        found = {window: parse_duration(window) for window in windows}
    except UnitError as error:
        raise ValueError(f"windows: {error}") from None
    lengths = [found[window] for window in windows]
    if not lengths or lengths[0] <= 0.0 or any(former >= later for former, later in pairwise(lengths)):
        raise ValueError(f"windows: expected one or more, each longer than the one before, got {list(windows)}")
    if odd := next((later for former, later in pairwise(windows) if found[later] % found[former]), None):
        raise ValueError(f"windows: each is made of whole ones of the one before, and {odd} is not")
    return found
