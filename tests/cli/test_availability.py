"""Commands that are given what they cannot play: exit code 2, a line a problem, and nothing else."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from ..harness.test_availability import DNS, NAMES, TLS
from .command import Here


@pytest.mark.parametrize("words", ["run --backend wire", "compare --backend wire", "serve --tls", "serve"])
def test_names_are_not_resolved_on_the_wire(words: str, here: Here, tmp_path: Path) -> None:
    path = tmp_path / "outage.yaml"
    path.write_text(DNS)
    said = here(*words.split(), "-s", str(path))
    lines = [f"{path}:{place}: {NAMES}; sim and virtual can\n" for place in ("7:9", "9:14")]
    assert (said.code, said.out, said.err) == (2, "", "".join(lines))


def test_a_server_without_tls_does_not_take_its_faults(here: Here, tmp_path: Path) -> None:
    path = tmp_path / "outage.yaml"
    path.write_text(TLS)
    said = here("serve", "-s", str(path))
    why = "tls_stall is a fault of TLS, which this server does not speak; `brownout serve --tls` does"
    assert (said.code, said.out, said.err) == (2, "", f"{path}:7:9: {why}\n{path}:9:14: {why}\n")


def test_a_run_says_what_tls_needs(here: Here, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "trustme", None)
    path = tmp_path / "outage.yaml"
    path.write_text(TLS)
    said = here("compare", "-s", str(path), "--backend", "wire")
    assert said.code == 2
    assert said.err.endswith(
        "Error: --backend wire: outage has a fault of TLS, and needs trustme: pip install 'brownout[tls]'\n"
    )
