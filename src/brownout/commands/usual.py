"""Where runs are written, and as what, unless something else is asked for. Imports nothing heavy: `--help` reads it."""

from __future__ import annotations

from pathlib import Path

OUT = Path("out")
FORMATS = ("markdown", "html")
