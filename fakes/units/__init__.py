"""Values with units, as people write them in files: ``10s``, ``4KiB``, ``30%``, ``2M/min``, ``x2``, ``4k``.

For each kind of value there is a function that parses it, one that writes it so that parsing gives
the very same number back, and a type for pydantic models. After validation the values are plain
numbers in one base unit: seconds, bytes, a share of one, per second, times, dollars. A bare number is refused,
since whoever reads ``timeout: 30000`` cannot know what it means; only ``TokenCount`` takes one.
Python code says the unit by calling ``seconds``, ``share``, ``per_second``, ``times``, ``per_million`` or ``size``.

Arithmetic is exact until the last step, so ``0.1s`` is the float ``0.1``. Knows nothing of YAML.
"""

from .counts import TokenCount, format_count, parse_count
from .durations import Duration, format_duration, parse_duration, seconds
from .factors import Factor, format_factor, parse_factor, times
from .money import Money, dollars, format_money, parse_money
from .prices import Price, format_price, parse_price, per_million
from .rates import Rate, format_rate, parse_rate, per_second
from .shares import Share, format_share, parse_share, share
from .sizes import Size, format_size, parse_size, size
from .unit import UnitError

__all__ = [
    "Duration",
    "Factor",
    "Money",
    "Price",
    "Rate",
    "Share",
    "Size",
    "TokenCount",
    "UnitError",
    "dollars",
    "format_count",
    "format_duration",
    "format_factor",
    "format_money",
    "format_price",
    "format_rate",
    "format_share",
    "format_size",
    "parse_count",
    "parse_duration",
    "parse_factor",
    "parse_money",
    "parse_price",
    "parse_rate",
    "parse_share",
    "parse_size",
    "per_million",
    "per_second",
    "seconds",
    "share",
    "size",
    "times",
]
