"""The TypeScript SDK, from npm, in a folder of its own; programs in it are spoken to through a pipe."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from .older import CACHE

VERSION = "1.14.0"
COMPILER = "7.0.2"
"""Of TypeScript itself."""
HOME = CACHE / f"typescript-{VERSION}"


def needed() -> tuple[str, str]:
    """Node and npm. Skips the test where they are not, unless the environment says that they have to be."""
    found = shutil.which("node"), shutil.which("npm")
    if found[0] and found[1]:
        return found[0], found[1]
    if "npm" in os.environ.get("BROWNOUT_REQUIRES", "").split(","):
        pytest.fail("node and npm are not there, and have to be")
    pytest.skip("needs node and npm")


def compiler() -> list[str]:
    """To run the compiler, which is installed beside the SDK."""
    node, npm = needed()
    with _locked():
        if not (HOME / "node_modules/typescript/package.json").exists():
            _install(npm, f"@anthropic-ai/sdk@{VERSION}", f"typescript@{COMPILER}")
    return [node, str(HOME / "node_modules/typescript/bin/tsc")]


@contextmanager
def workshop() -> Iterator[Path]:
    """A new folder from which the SDK is found, for as long as it is used."""
    compiler()
    with TemporaryDirectory(dir=HOME) as folder:
        yield Path(folder)


def command(script: Path) -> list[str]:
    """To run a script that imports the SDK; installs it, once. The script is copied to where the SDK is found."""
    node, npm = needed()
    with _locked():
        if not (HOME / "node_modules/@anthropic-ai/sdk/package.json").exists():
            _install(npm, f"@anthropic-ai/sdk@{VERSION}")
        there = HOME / script.name
        text = script.read_text(encoding="utf-8")
        if not there.exists() or there.read_text(encoding="utf-8") != text:
            there.write_text(text, encoding="utf-8")
    return [node, str(there)]


@contextmanager
def _locked() -> Iterator[None]:
    """Two workers of one test run must not both install."""
    CACHE.mkdir(exist_ok=True)
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


_failed: list[str] = []
"""Why it could not be installed: a registry that does not answer is waited for once, and not by every test."""


def _install(npm: str, *packages: str) -> None:
    if not _failed:
        HOME.mkdir(exist_ok=True)
        command = [npm, "install", "--prefix", str(HOME), "--no-audit", "--no-fund", "--silent"]
        try:
            subprocess.run([*command, *packages], check=True, timeout=120)
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
            _failed.append(f"npm cannot install {' '.join(packages)}: {error}")
    if _failed:
        pytest.fail(_failed[0])
