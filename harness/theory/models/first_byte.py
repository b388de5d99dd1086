"""Several slots and a queue whose people all leave after the same time: M/M/c+D."""

from __future__ import annotations

from math import exp, factorial

from ..model import PATIENT, Figure, Model, queue
from ..seen import Seen

RATE, SERVICE, SLOTS, PATIENCE = 4.0, 1.0, 3, 0.5
BOTH = SLOTS / SERVICE

# As Zeltyn and Mandelbaum have it, for a patience that is always the same.
ALMOST = PATIENCE if BOTH == RATE else (1.0 - exp((RATE - BOTH) * PATIENCE)) / (BOTH - RATE)
J = ALMOST + exp((RATE - BOTH) * PATIENCE) / BOTH
LOAD = RATE * SERVICE
E = sum(LOAD**n / factorial(n) for n in range(SLOTS)) / (LOAD ** (SLOTS - 1) / factorial(SLOTS - 1))

MODEL = Model(
    name="M/M/c+D",
    says="Who waits leaves after a time that is the same for all, a `first_byte` limit: the shares that wait and "
    "that leave (Baccelli and Hebuterne, 1981; Zeltyn and Mandelbaum, 2005, 2.2).",
    scenario=queue(
        "first-byte",
        f"{RATE}/s",
        f"{{mean: {SERVICE}s}}",
        "[{for: 1100s}]",
        f"capacity: {{slots: {SLOTS}, on_disconnect: cancel}}",
        streams=True,
    ),
    client=f"name: impatient\n{PATIENT}\nlayers: [first_byte: {{limit: {PATIENCE}s}}, sdk: {{max_retries: 0}}]\n",
    warm_up=50.0,
    figures=(
        Figure("share that waits", "%", RATE * J / (E + RATE * J), Seen.waited),
        Figure("share that leaves", "%", (1.0 + (RATE - BOTH) * J) / (E + RATE * J), Seen.failed),
    ),
)
