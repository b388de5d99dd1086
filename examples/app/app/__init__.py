"""A small application of the Claude API that keeps its promises when the API does not."""

from __future__ import annotations

from .chain import write
from .chat import ask
from .errors import BreakerOpen, Incomplete
from .llm import breaker
from .streaming import stream

__all__ = ["BreakerOpen", "Incomplete", "ask", "breaker", "stream", "write"]
