"""The programs of Prometheus: promtool, which checks and tests rules, and the server itself."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpx2
import pytest

from .patience import PATIENCE

T = TypeVar("T")
Labels = frozenset[tuple[str, str]]


def needed(program: str) -> str:
    """The path of `prometheus` or `promtool`. Skips the test where it is not, unless the environment says that it has
    to be."""
    if found := shutil.which(program):
        return found
    if "prometheus" in os.environ.get("BROWNOUT_REQUIRES", "").split(","):
        pytest.fail(f"{program} is not there, and has to be")
    pytest.skip(f"needs {program}")


def checked(folder: Path, rules: str, tests: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """What promtool says of a rule file and of its tests: a return code of 0 if all is well."""
    promtool = needed("promtool")
    (folder / "rules.yml").write_text(rules, encoding="utf-8")
    for name, text in tests.items():
        (folder / name).write_text(text, encoding="utf-8")
    done = _run(folder, promtool, "check", "rules", "--lint-fatal", "rules.yml")
    return done if done.returncode else _run(folder, promtool, "test", "rules", *tests)


def _run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=PATIENCE, check=False)


class Prometheus:
    """A server of its own on loopback that scrapes every second, until a `with` is over. `targets`: job -> address of
    what is scraped. Rules are evaluated every second, whatever they say: nobody waits for six hours."""

    def __init__(self, folder: Path, targets: Mapping[str, str], rules: str = "groups: []") -> None:
        self._folder = folder
        jobs = [
            {
                "job_name": job,
                "metrics_path": urlsplit(address).path,
                "static_configs": [{"targets": [urlsplit(address).netloc]}],
            }
            for job, address in targets.items()
        ]
        every = {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"}
        config = {"global": every, "rule_files": ["rules.yml"], "scrape_configs": jobs}
        (folder / "prometheus.yml").write_text(json.dumps(config), encoding="utf-8")
        hurried = "".join(f"{line}\n" for line in rules.splitlines() if not line.startswith("  interval: "))
        (folder / "rules.yml").write_text(hurried, encoding="utf-8")

    def __enter__(self) -> Prometheus:
        port = _free_port()
        self._url = f"http://127.0.0.1:{port}"
        command = [
            needed("prometheus"),
            "--config.file=prometheus.yml",
            "--storage.tsdb.path=data",
            f"--web.listen-address=127.0.0.1:{port}",
            "--log.level=warn",
        ]
        with (self._folder / "prometheus.log").open("wb") as log:
            self._process = subprocess.Popen(command, cwd=self._folder, stdout=log, stderr=log)
        try:
            self.until(self._is_ready, lambda ready: ready)
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def _end(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def query(self, expr: str) -> dict[Labels, float]:
        """Labels -> value, now."""
        found = self._ask("query", query=expr)["result"]
        return {frozenset(each["metric"].items()): float(each["value"][1]) for each in found}

    def groups(self) -> dict[str, list[dict[str, Any]]]:
        """Name -> rules of every group that is loaded."""
        return {group["name"]: group["rules"] for group in self._ask("rules")["groups"]}

    def until(self, ask: Callable[[], T], is_so: Callable[[T], object]) -> T:
        """Ask again until it is so. Fails the test if that takes too long, or the server has ended."""
        until = time.monotonic() + PATIENCE
        while not is_so(found := ask()):
            assert self._process.poll() is None, (self._folder / "prometheus.log").read_text(encoding="utf-8")
            assert time.monotonic() < until, found
            time.sleep(0.05)
        return found

    def _ask(self, what: str, **params: str) -> Any:
        found = httpx2.get(f"{self._url}/api/v1/{what}", params=params, timeout=PATIENCE, trust_env=False).json()
        assert found["status"] == "success", found
        return found["data"]

    def _is_ready(self) -> bool:
        try:
            return httpx2.get(f"{self._url}/-/ready", timeout=PATIENCE, trust_env=False).status_code == 200
        except httpx2.TransportError:
            return False


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port
