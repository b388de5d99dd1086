"""All that the control port can do to a server, as calls; nothing here speaks HTTP."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from brownout import scenarios as shipped
from brownout.fakes.backend import Handle
from brownout.fakes.faults import Fault
from brownout.fakes.http.server import Server
from brownout.fakes.limits import Payer
from brownout.fakes.script import Scope, hashed

from .. import files, sources
from ..availability import unavailable
from ..files.suggest import did_you_mean, quoted
from ..scenario import Scenario
from ..testing.unfired import Entry
from . import shown
from .bodies import FaultBody, PhasesBody, RepliesBody, ScenarioBody
from .counts import Counts
from .journal import MOST_KEPT, Journal
from .metrics import metrics
from .reading import Refused
from .replies import Rules, reply_of
from .scripting import InLoop, Scripting, endpoint_of


class Desk:
    """One server, what is scripted of it, and what it did."""

    def __init__(self, server: Server, url: str, scenario: Scenario, seed: int, most: int = MOST_KEPT) -> None:
        """`most`: records that the journal keeps."""
        self.server, self.seed = server, seed
        self._first, self._url = scenario, url
        self.journal, self.counts = Journal(server.clock.scale, most), Counts()
        self._lifts: dict[str, tuple[float, Handle]] = {}
        """Faults that are lifted by themselves: when, and the timer."""
        self.rules = 0
        self._begin()

    def _begin(self) -> None:
        self.scenario = self._first
        stage = InLoop(self.server, self._url)
        self.service = Scripting(stage, self.seed, self._first.name, self.journal, self.counts)

    def reset(self) -> None:
        """Everything as at the start."""
        self._forget(list(self._lifts))
        self.server.restart(endpoint_of(self._first, self.seed))
        self.clear_replies()
        self.journal.clear()
        self.counts.clear()
        self._begin()

    def state(self, payer: Payer = ("", "")) -> shown.State:
        """How it is now; quotas as they are for that API key and model."""
        return shown.state(self.server, self.scenario, self.seed, self.journal, self.rules, payer)

    def metrics(self) -> str:
        """What there was since the start, and how it is now, for Prometheus."""
        return metrics(self.counts, self.state(), self.server.endpoint.slots.waiting)

    # -- scenario and phases

    def play(self, given: ScenarioBody | bytes, drops: bool) -> None:
        """Another scenario from now on; bytes are a file. Raises `Refused` or `files.FileError`."""
        scenario = self._scenario(given)
        self._check([fault for phase in scenario.timeline for fault in phase.faults])
        try:
            self.service.go_over_to(scenario, drops)
        except RuntimeError as error:
            raise Refused(409, "conflict", f"{error}; drop=true breaks them off") from None
        self.scenario = scenario

    def _scenario(self, given: ScenarioBody | bytes) -> Scenario:
        if isinstance(given, bytes):
            return files.loads(given, Scenario, "scenario")
        if given.yaml is not None:
            return files.loads(given.yaml, Scenario, "scenario")
        name = given.name or ""
        if name not in shipped.incidents():  # never a path: whoever may script the fake may not read files
            raise Refused(422, "invalid", f"unknown scenario {quoted(name)}{did_you_mean(name, shipped.incidents())}")
        return sources.scenario(name).value

    def go_on_with(self, given: PhasesBody) -> None:
        """These phases from now on."""
        self._check([fault for phase in given.phases for fault in phase.faults])
        self.service.phases(*(phase.phase() for phase in given.phases))

    def _check(self, faults: Iterable[Fault]) -> None:
        """Raise `Refused` for one that a real port cannot play, or this one cannot."""
        for fault in faults:
            if why := unavailable(fault, "wire", self.server.speaks_tls()):
                raise Refused(422, "invalid", why)

    # -- faults

    def faults(self, test: str | None = None) -> list[shown.ScriptedFault]:
        """Those that are scripted and not lifted, for one test alone or all."""
        return [self._shown(entry) for entry in self._entries(test)]

    def script(self, given: FaultBody) -> shown.ScriptedFault:
        """A fault for the next requests."""
        self._check([given.fault])
        scope = None
        if given.key is not None or given.test is not None:
            scope = Scope(None if given.key is None else hashed(given.key), given.test)
        entry = self.service.put(given.fault, None if given.lasts else given.times, scope)
        if given.seconds is not None:
            self.server.request_arrived()
            clock = self.server.clock
            timer = clock.timer(given.seconds, self._is_over, entry)
            self._lifts[entry.name] = (clock.now() + given.seconds, timer)
        return self._shown(entry)

    def lift(self, identifier: str) -> None:
        """For nobody any more. Raises `Refused`."""
        for entry in self.service.entries:
            if shown.identifier(entry) == identifier:
                self._lift(entry)
                return
        raise Refused(404, "not_found", f"no fault {quoted(identifier)}")

    def lift_all(self, test: str | None = None) -> None:
        """Nothing is scripted any more, for that test alone or at all; the scenario's own go on."""
        for entry in self._entries(test):
            self._lift(entry)

    def _entries(self, test: str | None) -> list[Entry]:
        found = self.service.entries
        return (
            found if test is None else [each for each in found if each.only is not None and each.only[0].test == test]
        )

    def _is_over(self, entry: Entry, _: object) -> None:
        self._lift(entry)

    def _lift(self, entry: Entry) -> None:
        self.service.lift(entry)
        self._forget([entry.name])

    def _forget(self, names: list[str]) -> None:
        for name in names:
            _, timer = self._lifts.pop(name, (0.0, None))
            if timer is not None:
                timer.cancel()

    def _shown(self, entry: Entry) -> shown.ScriptedFault:
        until, _ = self._lifts.get(entry.name, (None, None))
        return shown.scripted(entry, until)

    # -- replies

    def say(self, given: RepliesBody) -> Mapping[str, int]:
        """Replies behind those that are left, and rules instead of those that there were, if any are given."""
        replies = self.server.replies
        replies.script(*map(reply_of, given.replies))
        if given.rules:
            replies.answerer, self.rules = Rules(given.rules), len(given.rules)
        return {"replies_left": replies.left, "rules": self.rules}

    def clear_replies(self) -> None:
        """The usual answers again."""
        self.server.replies.clear()
        self.rules = 0
