"""Several slots and a queue whose people leave after an exponential time: Erlang A."""

from __future__ import annotations

from math import log

from brownout.fakes.units import seconds

from ...client import Client
from ...policies.call import Call
from ...policies.effects import Run, Steps
from ...policies.layer import Site
from ...policies.layers.first_byte import FirstByte
from ..model import PATIENT, Figure, Model, queue
from ..numeric import stationary
from ..seen import Seen

RATE, SERVICE, SLOTS, PATIENCE = 6.0, 1.0, 4, 1.0

STATES = stationary(lambda _: RATE, lambda n: min(n, SLOTS) / SERVICE + max(0, n - SLOTS) / PATIENCE)
QUEUED = sum((n - SLOTS) * share for n, share in enumerate(STATES) if n > SLOTS)
"""How many wait, on average."""


class Impatience(FirstByte):
    """A limit on the time to the headers that is another for each call: exponential, with `limit` for its mean."""

    def wrap(self, inner: Run, site: Site) -> Run:
        def run(call: Call) -> Steps:
            call.first_byte = -self.limit * log(call.draw("patience"))
            return (yield from inner(call))

        return run

    def limits(self) -> dict[str, float]:
        return {}


def impatient(client: Client) -> Client:
    """With a patience that no file can say."""
    return client.model_copy(update={"layers": (Impatience(limit=seconds(PATIENCE)), *client.layers)})


MODEL = Model(
    name="M/M/c+M (Erlang A)",
    says="Who waits leaves after an exponential time: a birth-death chain, with c mu + (n - c) theta for n in the "
    "service (Palm, 1957; Garnett, Mandelbaum and Reiman, 2002). The service forgets who has left.",
    scenario=queue(
        "erlang-a",
        f"{RATE}/s",
        f"{{mean: {SERVICE}s}}",
        "[{for: 850s}]",
        f"capacity: {{slots: {SLOTS}, on_disconnect: cancel}}",
        streams=True,
    ),
    client=f"name: impatient\n{PATIENT}\nlayers: [sdk: {{max_retries: 0}}]\n",
    change=impatient,
    warm_up=50.0,
    figures=(
        Figure("share that leaves", "%", QUEUED / PATIENCE / RATE, Seen.failed),
        Figure("mean wait", "s", QUEUED / RATE, Seen.mean_wait),
    ),
)
