"""A resilient client of the SDK's 0.x line, in an environment of its own: the same promises."""

from __future__ import annotations

import json
import subprocess
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from brownout import faults
from brownout.harness.testing.service import Service

from ...patience import PATIENCE
from ...sdk.older import HOME, VERSION, older_sdk
from . import older_program

ROOT = Path(__file__).parents[3]
CONFIG = """
name: mine
layers:
  - deadline: {total: 2s}
  - breaker: {failures: 9}
  - retry: {retries: 3, backoff: {base: 1ms}, on: [connection, overloaded, stream_before_text]}
  - content_gap: {limit: 500ms}
  - sdk: {max_retries: 0, major: "0"}
"""
pytestmark = pytest.mark.slow
each_style = pytest.mark.parametrize("style", ["blocking", "in_loop"])


@pytest.fixture(scope="module", autouse=True)
def installed() -> Iterator[None]:
    with older_sdk():
        yield


def played(service: Service, folder: Path, style: str, how: str) -> dict[str, Any]:
    """What a program over there has seen of one call."""
    config = folder / "client.yaml"
    config.write_text(CONFIG, encoding="utf-8")
    where = [str(ROOT / "src"), sysconfig.get_path("purelib")]
    command = [str(HOME / "bin/python"), older_program.__file__, service.url, str(config), style, how, *where]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode == 0, done.stderr
    seen: dict[str, Any] = json.loads(done.stdout)
    assert seen["version"] == VERSION
    return seen


@each_style
@pytest.mark.parametrize("how", ["create", "text", "raw"])
def test_it_tries_again_what_its_layers_say(service: Service, tmp_path: Path, style: str, how: str) -> None:
    service.next(faults.overload())
    service.next(faults.reset())
    seen = played(service, tmp_path, style, how)
    assert seen["text"] == "message_stop" if how == "raw" else len(seen["text"]) > 20
    assert len(service.requests) == 3


@each_style
@pytest.mark.parametrize(
    ("fault", "how", "raised"),
    [
        (faults.trickle(every="20ms"), "create", "DeadlineExceeded"),
        (faults.stall(pings="20ms"), "text", "ContentGapExceeded"),
        (faults.truncate(), "text", "StreamTruncated"),
        (faults.error(status=400), "create", "BadRequestError"),
    ],
    ids=lambda each: getattr(each, "kind", None),
)
def test_its_limits_hold_and_its_errors_are_the_sdks(
    service: Service, tmp_path: Path, style: str, fault: Any, how: str, raised: str
) -> None:
    service.next(fault)
    seen = played(service, tmp_path, style, how)
    assert seen["raised"] == raised
    if raised.endswith("Exceeded"):
        assert "APITimeoutError" in seen["bases"]
