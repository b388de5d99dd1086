"""Cases played on the last SDK of the 0.x line, in an environment of its own, through a pipe."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

from ..sdk.older import CACHE, HOME, VERSION, older_sdk
from . import child
from .networks import Case
from .program import Seen

ROOT = Path(__file__).parents[2]
PYTHON = HOME / "bin/python"
NEEDED = ("greenlet", "httptools", "orjson")
"""What the fakes import that the SDK does not bring along."""


class Child:
    """`child.py` at work in the other environment. Raises `OSError` where that cannot run it."""

    major = "0"

    def __init__(self) -> None:
        paths = os.pathsep.join(map(str, (ROOT / "src", ROOT)))
        self._process = subprocess.Popen(
            [str(PYTHON), "-m", child.__name__],
            env=os.environ | {"PYTHONPATH": paths},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._in, self._out = self._process.stdin, self._process.stdout
        if self._out.readline() != f'"{VERSION}"\n':
            self.close()
            raise OSError(f"{HOME} does not run {child.__name__}")

    def play(self, case: Case) -> Seen:
        """What a program sees of it over there."""
        self._in.write(json.dumps(case) + "\n")
        answer = json.loads(self._out.readline())
        assert not isinstance(answer, str), answer
        return Seen(*answer)

    def close(self) -> None:
        """Let the other side come to its end."""
        self._in.close()
        self._out.close()
        self._process.wait(60)  # a process that something else left behind may hold the pipe open


@contextmanager
def older_child() -> Iterator[Child]:
    """The older SDK with what the fakes need beside it, installed once and kept."""
    with older_sdk():
        pass  # it is there
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two workers of one test run must not both install
        try:
            played = Child()
        except OSError:
            _install()
            played = Child()
    try:
        yield played
    finally:
        played.close()


def _install() -> None:
    """In the versions that are here."""
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", str(PYTHON)]
    subprocess.run([*pip, "install", "--quiet", *(f"{name}=={version(name)}" for name in NEEDED)], check=True)
