"""Batches, played by a machine: whatever is done to them in whatever order, their rules hold."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, multiple, rule

from brownout.fakes.api.progress import Pace

from .asking import PARAMS, refused, said, surface

PATH = "/v1/messages/batches"
MOST = 4
ORDER = ("in_progress", "canceling", "ended")
some_params = st.sampled_from([PARAMS, {}, PARAMS | {"max_tokens": 0}])


class BatchMachine(RuleBasedStateMachine):
    """What was created, when it was canceled, and the furthest that each was seen to be."""

    batches = Bundle("batches")

    @initialize(base=st.integers(0, 4), each=st.integers(0, 3), canceling=st.integers(0, 3))
    def begin(self, base: int, each: int, canceling: int) -> None:
        self.surface = surface(pace=Pace(base, each, canceling), most=MOST)
        self.now = 0.0
        self.params: dict[str, list[Any]] = {}
        self.seen: dict[str, Any] = {}

    def body(self, name: str) -> Any:
        return said(self.surface, "GET", f"{PATH}/{name}", now=self.now)

    def listed(self) -> list[Any]:
        data = said(self.surface, "GET", PATH, now=self.now)["data"]
        assert isinstance(data, list)
        return data

    @rule(halves=st.integers(1, 12))
    def pass_time(self, halves: int) -> None:
        self.now += halves / 2

    @rule(target=batches, every=st.lists(some_params, min_size=1, max_size=5))
    def create(self, every: list[Any]) -> Any:
        """Taken on, unless there is no room; whoever makes room had ended, and was the oldest of those."""
        before = self.listed()
        body = {"requests": [{"custom_id": f"r{k}", "params": params} for k, params in enumerate(every)]}
        ended = [batch["id"] for batch in before if batch["processing_status"] == "ended"]
        if len(before) == MOST and not ended:
            assert refused(self.surface, "POST", PATH, body, self.now).status == 429
            return multiple()
        name = said(self.surface, "POST", PATH, body, self.now)["id"]
        assert name not in self.params
        gone = {ended[-1]} if len(before) == MOST else set()
        assert [batch["id"] for batch in self.listed()] == [name, *(b["id"] for b in before if b["id"] not in gone)]
        self.params[name] = every
        for old in gone:
            del self.seen[old]
        self.seen[name] = self.body(name)
        return name

    @rule(name=batches)
    def cancel(self, name: str) -> None:
        """Once is enough, and after the end it is too late."""
        if name not in self.seen:
            assert refused(self.surface, "POST", f"{PATH}/{name}/cancel", now=self.now).status == 404
            return
        before = self.body(name)
        if before["processing_status"] == "ended":
            assert refused(self.surface, "POST", f"{PATH}/{name}/cancel", now=self.now).status == 400
            assert self.body(name) == before
            return
        after = said(self.surface, "POST", f"{PATH}/{name}/cancel", now=self.now)
        assert after["processing_status"] != "in_progress"
        assert after["cancel_initiated_at"] is not None
        assert before["cancel_initiated_at"] in (None, after["cancel_initiated_at"])

    @rule(name=consumes(batches))
    def delete(self, name: str) -> None:
        """Only what has ended; nothing is left of it."""
        if name not in self.seen:
            assert refused(self.surface, "DELETE", f"{PATH}/{name}", now=self.now).status == 404
        elif self.body(name)["processing_status"] != "ended":
            assert refused(self.surface, "DELETE", f"{PATH}/{name}", now=self.now).status == 400
        else:
            said(self.surface, "DELETE", f"{PATH}/{name}", now=self.now)
            del self.seen[name]
            assert refused(self.surface, "GET", f"{PATH}/{name}", now=self.now).status == 404

    @rule(name=batches)
    def read(self, name: str) -> None:
        """A result for each request, once it has ended, and as many of a kind as were counted."""
        path = f"{PATH}/{name}/results"
        if name not in self.seen:
            assert refused(self.surface, "GET", path, now=self.now).status == 404
            return
        body = self.body(name)
        if body["processing_status"] != "ended":
            assert refused(self.surface, "GET", path, now=self.now).status == 400
            return
        lines = [json.loads(line) for line in said(self.surface, "GET", path, now=self.now).splitlines()]
        every = self.params[name]
        assert [line["custom_id"] for line in lines] == [f"r{k}" for k in range(len(every))]
        kinds = [line["result"]["type"] for line in lines]
        assert {kind: kinds.count(kind) for kind in body["request_counts"]} == body["request_counts"]
        for kind, params in zip(kinds, every, strict=True):
            assert kind in ("canceled", "succeeded" if params is PARAMS else "errored")
        assert ("canceled" not in kinds) or body["cancel_initiated_at"]

    @invariant()
    def only_ever_goes_forward(self) -> None:
        """Counts add up; a status never goes back, nor does anything that was said ever change."""
        if not hasattr(self, "surface"):
            return
        listed = self.listed()
        assert {batch["id"] for batch in listed} == set(self.seen)
        for body in listed:
            before, self.seen[body["id"]] = self.seen[body["id"]], body
            counts = body["request_counts"]
            assert sum(counts.values()) == len(self.params[body["id"]])
            has_ended = body["processing_status"] == "ended"
            assert (counts["processing"] == 0) == has_ended == (body["ended_at"] is not None)
            assert (body["results_url"] is not None) == has_ended
            assert ORDER.index(before["processing_status"]) <= ORDER.index(body["processing_status"])
            assert (body["processing_status"] == "canceling") <= (body["cancel_initiated_at"] is not None)
            for name in ("created_at", "expires_at", "ended_at", "cancel_initiated_at"):
                assert before[name] in (None, body[name])
            assert before["processing_status"] != "ended" or before == body


TestBatches = BatchMachine.TestCase
TestBatches.settings = settings(max_examples=60, stateful_step_count=40)
