"""Quotas as the service keeps them: what may be asked, and what a request too many hears. No clock: the time is an
argument."""

from .acceleration import Acceleration
from .bucket import Bucket, Quota
from .gate import Gate, Payer
from .meter import Meter
from .settings import Limits
from .spending import Spending

__all__ = ["Acceleration", "Bucket", "Gate", "Limits", "Meter", "Payer", "Quota", "Spending"]
