"""The service of tests that name no scenario: nothing goes wrong until they say so, and nobody waits long."""

from __future__ import annotations

from ..scenario import Scenario

QUICK = Scenario.model_validate(
    {
        "name": "quick",
        "about": "Twenty words in 0.4 s, the same for everybody, and as many at once as anybody likes.",
        "workload": {"clients": 1, "arrivals": {"kind": "closed"}, "calls": {"output_tokens": 20}},
        "server": {"latency": {"round_trip": "10ms", "first_token": "200ms", "token_gap": "10ms"}},
        "timeline": [{"for": "1s"}],
    }
)
