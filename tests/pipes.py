"""A process that is spoken to through its pipes: a line in, a line of JSON out."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping, Sequence
from threading import Timer
from typing import Any

from .patience import PATIENCE


class Piped:
    """One that was started, and comes to its end when it is closed."""

    def __init__(self, command: Sequence[str], env: Mapping[str, str] | None = None) -> None:
        self._process = subprocess.Popen(
            command, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._in, self._out = self._process.stdin, self._process.stdout

    def hear(self) -> Any:
        """What it says next; None when it has ended."""
        line = self._out.readline()
        return json.loads(line) if line else None

    def ask(self, line: str) -> Any:
        """What it says to that; None when it has ended. Who says nothing for too long is ended."""
        self._in.write(line + "\n")
        too_long = Timer(PATIENCE, self._process.kill)
        too_long.start()
        try:
            return self.hear()
        finally:
            too_long.cancel()

    def close(self) -> None:
        """Let it come to its end. A process that something else left behind may hold a pipe open."""
        self._in.close()
        self._out.close()
        self._process.wait(60)
