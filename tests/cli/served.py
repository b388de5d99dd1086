"""`brownout serve` as a process of its own, and what its first words say of where it is."""

from __future__ import annotations

import re
import signal
from pathlib import Path

from .command import Said, start

PATIENCE = 30.0


class Served:
    """Listens on a port that was free until a `with` is over; then `said` is all that it said."""

    def __init__(self, folder: Path, scenario: str, *words: str) -> None:
        self._process = start("serve", "-s", scenario, "--port", "0", *words, cwd=folder)
        assert self._process.stdout is not None
        self._lines, self._is_interrupted = "", False
        while "Ctrl-C" not in self._lines:
            self._lines += (line := self._process.stdout.readline())
            assert line, self._process.communicate()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def url(self) -> str:
        return self._find(r"ANTHROPIC_BASE_URL=(\S+)")

    @property
    def ca_file(self) -> Path:
        return Path(self._find(r"SSL_CERT_FILE=(\S+)"))

    @property
    def control_url(self) -> str:
        return self._find(r"Control: (\S+)")

    @property
    def token(self) -> str:
        return self._find(r"token: (\S+)")

    def interrupt(self) -> None:
        """Ctrl-C, once."""
        self._is_interrupted = True
        self._process.send_signal(signal.SIGINT)

    def complaint(self) -> str:
        """The next line that it says on stderr."""
        assert self._process.stderr is not None
        return self._process.stderr.readline()

    def _find(self, pattern: str) -> str:
        found = re.search(pattern, self._lines)
        assert found, self._lines
        return found[1]

    def __enter__(self) -> Served:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdout is not None
        assert self._process.stderr is not None
        if not self._is_interrupted:  # else it may have no ear for it any more
            self._process.send_signal(signal.SIGTERM)
        out, err = self._process.stdout.read(), self._process.stderr.read()
        self.said = Said(self._process.wait(PATIENCE), self._lines + out, err)
        self._process.stdout.close()
        self._process.stderr.close()
