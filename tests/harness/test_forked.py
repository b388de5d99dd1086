"""Work done by a copy of this process: its value, its error, its end, and nothing else of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from brownout.harness.forked import Ended, forked

from .processes import alive, descendants, needs_proc, until

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
changed: list[int] = []
ORPHAN = """
import os, time
from brownout.harness.forked import forked

def work():
    open("child", "w").write(str(os.getpid()))
    time.sleep(60)

forked(work)
"""


def test_its_value_comes_back_and_what_it_has_changed_does_not() -> None:
    """A megabyte of it, too."""

    def work() -> tuple[int, bytes]:
        changed.append(1)
        return os.getpid(), b"x" * 2**20

    process, data = forked(work)
    assert process != os.getpid()
    assert len(data) == 2**20
    assert changed == []


def test_its_error_comes_back() -> None:
    """As it was raised."""

    def work() -> None:
        raise LookupError("nowhere")

    with pytest.raises(LookupError, match="nowhere"):
        forked(work)


def test_what_cannot_be_sent_is_an_end_without_an_answer() -> None:
    """Rather than an answer that is none."""
    with pytest.raises(Ended) as raised:
        forked(lambda: lambda: None)
    assert raised.value.code == 1


@pytest.mark.parametrize(
    ("ends", "code"),
    [(lambda: os._exit(7), 7), (lambda: os.kill(os.getpid(), signal.SIGKILL), -signal.SIGKILL)],
    ids=["by itself", "killed"],
)
def test_who_ends_before_it_is_done_is_told_by_its_code(ends: object, code: int) -> None:
    """As `subprocess` has it."""
    assert callable(ends)
    with pytest.raises(Ended) as raised:
        forked(ends)
    assert raised.value.code == code


def test_what_it_prints_goes_nowhere(capfd: pytest.CaptureFixture[str]) -> None:
    """By Python or around it, on either stream."""

    def work() -> None:
        print("one")
        print("two", file=sys.stderr)
        os.write(1, b"three")
        os.write(2, b"four")

    forked(work)
    assert capfd.readouterr() == ("", "")


@needs_proc
def test_the_copy_ends_with_whoever_made_it(tmp_path: Path) -> None:
    """However that comes to its end."""
    parent = subprocess.Popen([sys.executable, "-c", ORPHAN], cwd=tmp_path)
    child = tmp_path / "child"
    until(lambda: child.exists() and child.read_text() != "")
    number = int(child.read_text())
    assert descendants(parent.pid) == {number}
    parent.kill()
    parent.wait()
    until(lambda: not alive([number]))
