"""What users get is the wheel: it is built, looked into, installed beside a stranger and used."""

import os
import site
import subprocess
import sys
import tarfile
import venv
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
FOLDERS = ("fakes", "harness", "reports", "scenarios")

CONSUMER_TEST = """
import brownout, brownout.fakes, brownout.scenarios
import fakes, scenarios

def test_both_are_there_and_differ():
    assert fakes.OWNER == scenarios.OWNER == "the consumer"
    assert fakes is not brownout.fakes
    assert scenarios is not brownout.scenarios
    assert not hasattr(brownout.fakes, "OWNER")
"""

RESILIENCE_TEST = """
import asyncio

import anthropic
import pytest

import fakes
from brownout.faults import rate_limit

ASK = {"model": "claude-sonnet-5-5", "max_tokens": 9, "messages": [{"role": "user", "content": fakes.OWNER}]}

def test_a_storm(brownout):
    brownout.next(rate_limit(retry_after="1s"), times=2)
    assert anthropic.Anthropic().messages.create(**ASK).stop_reason == "max_tokens"
    assert brownout.trace.statuses == [429, 429, 200]
    assert brownout.trace.min_wait >= 1.0

@pytest.mark.brownout("rate-limit-storm")
async def test_an_incident(brownout):
    await asyncio.sleep(140)
    async with anthropic.AsyncAnthropic() as client:
        assert await client.messages.create(**ASK)
    assert 429 in brownout.trace.statuses
"""
FAILS = """
def test_too_impatient(brownout):
    brownout.next(rate_limit())
    anthropic.Anthropic(max_retries=0).messages.create(**ASK)
"""


def run(*command: str | Path, cwd: Path, code: int = 0) -> str:
    """Run a command that knows nothing of this test run, and return what it printed."""
    strange = ("PYTHON", "PYTEST", "COV", "ANTHROPIC")
    env = {name: value for name, value in os.environ.items() if not name.startswith(strange)}
    env["COLUMNS"] = "200"
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True)
    assert done.returncode == code, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def build(source: Path, into: Path, *options: str) -> None:
    command = (sys.executable, "-m", "build", "--no-isolation", *options)
    run(*command, "--outdir", into, source, cwd=into)


def content(wheel: Path) -> list[str]:
    with zipfile.ZipFile(wheel) as archive:
        return sorted(archive.namelist())


@dataclass(frozen=True)
class Built:
    sdist: Path
    wheel: Path
    wheel_from_sdist: Path


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """One sdist, the wheel made from it, and the wheel made straight from the working tree."""
    straight = tmp_path_factory.mktemp("straight")
    by_sdist = tmp_path_factory.mktemp("by_sdist")
    build(ROOT, straight, "--wheel")
    build(ROOT, by_sdist)
    [wheel], [sdist] = straight.glob("*.whl"), by_sdist.glob("*.tar.gz")
    [wheel_from_sdist] = by_sdist.glob("*.whl")
    return Built(sdist, wheel, wheel_from_sdist)


def files(folder: str, endings: Sequence[str]) -> list[str]:
    """The files of a folder in the working tree, relative to the root."""
    found = (path for path in (ROOT / folder).rglob("*") if path.suffix in endings)
    return [path.relative_to(ROOT).as_posix() for path in found]


def test_wheel_holds_every_module_and_data_file_under_one_package(built: Built) -> None:
    names = content(built.wheel)
    assert {PurePosixPath(name).parts[0] for name in names} == {
        "brownout",
        built.wheel.name.split("-py3")[0] + ".dist-info",
    }
    assert {"brownout/__init__.py", "brownout/cli/entry.py", "brownout/py.typed"} <= set(names)
    for folder in FOLDERS:
        wanted = {f"brownout/{name}" for name in files(folder, [".py", ".yaml", ".txt"])}
        assert wanted <= set(names)
    assert any(name.startswith("brownout/scenarios/") and name.endswith(".yaml") for name in names)


def test_sdist_holds_the_folders_once_and_builds_the_same_wheel(built: Built) -> None:
    with tarfile.open(built.sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {f"{folder}/__init__.py" for folder in FOLDERS} <= names
    assert not names & {f"src/brownout/{folder}/__init__.py" for folder in FOLDERS}
    assert content(built.wheel_from_sdist) == content(built.wheel)


@dataclass(frozen=True)
class Consumer:
    """A project that has its own `fakes` and `scenarios`, and Brownout installed from the wheel."""

    folder: Path
    bin: Path

    def run(self, command: str, *arguments: str) -> str:
        return run(self.bin / command, *arguments, cwd=self.folder)

    def run_red(self, command: str, *arguments: str) -> str:
        """Tests that fail."""
        return run(self.bin / command, *arguments, cwd=self.folder, code=1)


@pytest.fixture(scope="module")
def consumer(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Consumer:
    home = tmp_path_factory.mktemp("consumer")
    venv.create(home / ".venv", symlinks=True)
    python = home / ".venv/bin/python"
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", python]
    run(*pip, "install", "--quiet", "--no-deps", "--no-index", built.wheel, cwd=home)
    # Third parties come from the environment of this test run. A .pth file found by way of a .pth
    # file is not read, so an editable Brownout over there stays out of sight.
    [packages] = (home / ".venv/lib").glob("python*/site-packages")
    (packages / "third_parties.pth").write_text("\n".join(site.getsitepackages()))
    for name in ("fakes", "scenarios"):
        (home / name).mkdir()
        (home / name / "__init__.py").write_text('OWNER = "the consumer"\n')
    (home / "test_consumer.py").write_text(CONSUMER_TEST)
    return Consumer(home, python.parent)


def test_consumer_runs_the_wheel_not_the_working_tree(consumer: Consumer) -> None:
    where = consumer.run("python", "-c", "import brownout.fakes as f; print(f.__file__)")
    assert Path(where.strip()).is_relative_to(consumer.folder / ".venv")


def test_consumer_sees_version_and_catalogue(consumer: Consumer, built: Built) -> None:
    assert built.wheel.name.split("-")[1] in consumer.run("brownout", "--version")
    listed = consumer.run("brownout", "list")
    for kind in ("incidents", "clients"):
        names = [Path(name).stem for name in files(f"scenarios/{kind}", [".yaml"])]
        assert names
        assert [name for name in names if name not in listed] == []


def test_consumer_keeps_its_own_fakes_and_scenarios(consumer: Consumer) -> None:
    assert "1 passed" in consumer.run("python", "-m", "pytest", "-q")


@pytest.mark.parametrize("options", [(), ("-n", "2"), ("--brownout-backend=wire",)], ids=["", "xdist", "wire"])
def test_consumer_tests_its_resilience(consumer: Consumer, options: tuple[str, ...]) -> None:
    """With the plugin that comes along, beside its own `fakes`; what fails says what the program did, and how to see it
    again."""
    passes, fails = consumer.folder / "test_resilience.py", consumer.folder / "test_impatience.py"
    head = RESILIENCE_TEST.partition("def test_a_storm")[0]
    passes.write_text(RESILIENCE_TEST)
    fails.write_text(head + FAILS)
    strict = ("--strict-markers", "-p", "no:cacheprovider", "-q")
    if options == ("--brownout-backend=wire",):
        options = (*options, "-k", "storm or impatient")
    said = consumer.run("python", "-m", "pytest", *strict, *options, passes.name)
    assert " passed" in said
    failed = consumer.run_red("python", "-m", "pytest", *strict, *options, fails.name)
    assert "1 failed" in failed
    assert "attempt 1, plain: status 429" in failed
    assert f"Again: pytest {fails.name}::test_too_impatient --brownout-backend=" in failed


def test_wheel_needs_no_stray_import(consumer: Consumer) -> None:
    """Every module of the wheel imports where there is no working tree to fall back on."""
    code = (
        "import brownout, importlib, pkgutil, sys\n"
        "for found in pkgutil.walk_packages(brownout.__path__, 'brownout.'):\n"
        "    if not found.name.endswith('__main__'): importlib.import_module(found.name)\n"
        "print(len([name for name in sys.modules if name.startswith('brownout.')]))"
    )
    assert int(consumer.run("python", "-I", "-c", code)) >= len(FOLDERS)
