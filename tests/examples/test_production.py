"""The sample for production runs against a fake, in tasks and in threads."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import brownout
from brownout import faults

FOLDER = Path(__file__).parents[2] / "examples" / "production"


@pytest.mark.parametrize("name", ["tasks", "threads"])
def test_it_answers_every_question_though_one_request_fails(name: str) -> None:
    with brownout.wire() as service:
        service.next(faults.truncate())
        here = os.environ | {"ANTHROPIC_BASE_URL": service.url, "ANTHROPIC_API_KEY": "none"}
        ran = subprocess.run(
            [sys.executable, str(FOLDER / f"{name}.py")], env=here, capture_output=True, text=True, check=True
        )
        assert len(service.requests) == 4
    assert ran.stdout.count("?\n  The lamps went dim") == 3
    assert "before it tries again (backoff)" in ran.stderr
