"""What a resilient client's calls amount to, while they are made; and what a monitor tells. Needs `brownout[monitor]`.

`brownout.resilient(client, "client.yaml", hooks=[Monitor()])`.
"""

from __future__ import annotations

from brownout.harness.monitoring.figures import BreakerState, Figures, GroupFigures, Quantiles, Snapshot, Window
from brownout.harness.monitoring.monitor import Monitor
from brownout.harness.monitoring.watching import Alarm, RuleState

__all__ = [
    "Alarm",
    "BreakerState",
    "Figures",
    "GroupFigures",
    "Monitor",
    "Quantiles",
    "RuleState",
    "Snapshot",
    "Window",
]
