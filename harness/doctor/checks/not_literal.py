"""What the source does not say by itself: it is taken to be the SDK's default."""

from __future__ import annotations

from ..check import Marked


class NotLiteral(Marked):
    """A timeout or a number of retries is no literal, and source is read, never run: the check goes on with the SDK's
    default in its place. `module:name` instead of the file imports the program, and reads the client itself."""

    id = "not-literal"
    severity = "note"
    example = """\
import os

import anthropic

client = anthropic.Anthropic(timeout=float(os.environ["TIMEOUT"]))
"""
