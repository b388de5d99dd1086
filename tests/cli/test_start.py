"""What the command line costs before it does anything, what it offers, and what it is told wrongly."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from brownout import __version__, scenarios

from .command import PROGRAM, Here, brownout

HEAVY = {"anthropic", "httpx", "httpx2", "pandas", "numpy", "simpy", "pydantic", "rich", "ruamel", "asyncio"}


def imported(*words: str, cwd: Path) -> set[str]:
    """The top-level modules that a command imports."""
    python, *rest = PROGRAM
    done = subprocess.run([python, "-X", "importtime", *rest, *words], cwd=cwd, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return {line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines()}


KNOWN = [
    ", ".join(f'"{name}"' for name in sorted(found))
    for found in (scenarios.scenarios(), scenarios.clients() | scenarios.presets())
]
"""Everything that is shipped, as messages list it."""


@pytest.mark.parametrize(
    ("words", "needed"),
    [
        (("--help",), set()),
        (("--version",), set()),
        (("compare", "--help"), set()),
        (("run", "--help"), set()),
        (("serve", "--help"), set()),
        (("demo", "-h"), set()),
        (("init", "--help"), set()),
        (("doctor", "--help"), set()),
        (("latencies", "--help"), set()),
        (("schema", "--help"), set()),
        (("list",), {"ruamel"}),
        (("show", "calm"), set()),
    ],
    ids=" ".join,
)
def test_nothing_heavy_is_imported_for_little(words: tuple[str, ...], needed: set[str], tmp_path: Path) -> None:
    """Help is there at once: the SDK, the simulator and the rest are imported only by what uses them."""
    assert imported(*words, cwd=tmp_path) & HEAVY == needed


def test_the_simulator_needs_no_sdk(here: Here, tmp_path: Path) -> None:
    """The SDK takes a second to import, and a comparison in the simulator does not use it."""
    words = ("compare", "-s", "calm.yaml", "-c", "patient.yaml", "--seeds", "1", "--workers", "1")
    assert not imported(*words, cwd=tmp_path) & {"anthropic", "httpx", "httpx2", "pandas", "rich"}


def test_help_names_every_command(here: Here) -> None:
    """With a sentence each, on stdout."""
    said = here("--help")
    assert (said.code, said.err) == (0, "")
    for name in ("compare", "demo", "doctor", "init", "latencies", "list", "run", "schema", "serve", "show"):
        assert f"\n  {name} " in said.out


def test_version(here: Here) -> None:
    """The package's."""
    assert here("--version") == (0, f"brownout, version {__version__}\n", "")


def test_no_command_is_a_mistake(here: Here) -> None:
    """It is told what there is, and a script that forgot the command does not go on."""
    said = here()
    assert (said.code, said.out) == (2, "")
    assert "Commands:" in said.err


COMPARE = ("compare", "-s", "calm.yaml", "-c", "patient.yaml")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("comprae",), "No such command 'comprae'"),
        ((*COMPARE, "--gate", "hasty"), '--gate "hasty": not one of the clients compared (patient)'),
        ((*COMPARE, "--gate", "patient"), "--gate needs another client to compare with"),
        ((*COMPARE, "--ablate", "hasty"), '--ablate "hasty": not one of the clients compared (patient)'),
        (
            (*COMPARE, "--weight", "calm"),
            'Invalid value for \'--weight\': expected a scenario and its weight such as "calm=0.5", got "calm"',
        ),
        (
            (*COMPARE, "--weight", "calm=-1"),
            'Invalid value for \'--weight\': expected a scenario and its weight such as "calm=0.5", got "calm=-1"',
        ),
        (
            (*COMPARE, "--weight", "=2"),
            'Invalid value for \'--weight\': expected a scenario and its weight such as "calm=0.5", got "=2"',
        ),
        ((*COMPARE, "--weight", "storm=2"), '--weight "storm": not one of the scenarios (calm)'),
        ((*COMPARE, "--weight", "calm=0"), "--weight: every scenario weighs 0"),
        ((*COMPARE, "--quick", "--sample", "5%"), "--quick is --sample 10%: give one of them"),
        ((*COMPARE, "--explain", "99.0"), 'no call "99.0" under seed 1; there is "0.0", for one'),
        ((*COMPARE, "--explain", "first"), 'no call "first" under seed 1; there is "0.0", for one'),
        (("run", "-s", "calm.yaml", "--gate", "patient"), "No such option '--gate'"),
        (
            ("run", "-s", "calm.yaml", "--seeds", "0"),
            "Invalid value for '--seeds': 0 is not in the range 1<=x<=100000.",
        ),
        (("run", "-s", "calm.yaml", "-c"), "Option '-c' requires an argument."),
        ((*COMPARE, "--sede", "3"), "No such option '--sede'."),
        ((*COMPARE, "--seeds", "0"), "Invalid value for '--seeds': 0 is not in the range 1<=x<=100000."),
        ((*COMPARE, "--seeds", "ten"), "Invalid value for '--seeds': 'ten' is not a valid integer range."),
        ((*COMPARE, "--first-seed", "-1"), "Invalid value for '--first-seed': -1 is not in the range 0<=x<=800000."),
        ((*COMPARE, "--workers", "0"), "Invalid value for '--workers': 0 is not in the range x>=1."),
        (
            (*COMPARE, "--backend", "real"),
            "Invalid value for '--backend': 'real' is not one of 'sim', 'virtual', 'virtual-blocking', 'wire'.",
        ),
        (
            (*COMPARE, "--time-scale", "20"),
            "--time-scale is for --backend wire: virtual and simulated time cost nothing",
        ),
        (
            (*COMPARE, "--backend", "wire", "--time-scale", "0"),
            "Invalid value for '--time-scale': expected a number above 0, got \"0\"",
        ),
        (
            (*COMPARE, "--backend", "wire", "--time-scale", "nan"),
            "Invalid value for '--time-scale': expected a number above 0, got \"nan\"",
        ),
        (
            (*COMPARE, "--backend", "wire", "--time-scale", "inf"),
            "Invalid value for '--time-scale': expected a number above 0, got \"inf\"",
        ),
        (
            (*COMPARE, "--backend", "wire", "--time-scale", "20x"),
            "Invalid value for '--time-scale': expected a number above 0, got \"20x\"",
        ),
        (
            (*COMPARE, "--sample", "5"),
            'Invalid value for \'--sample\': expected a share from "0%" to "100%", got "5"; write "5%"',
        ),
        (
            (*COMPARE, "--sample", "0.05"),
            'Invalid value for \'--sample\': expected a share from "0%" to "100%", got "0.05"; write "5%"',
        ),
        (
            (*COMPARE, "--sample", "150%"),
            'Invalid value for \'--sample\': expected a share from "0%" to "100%", got "150%"',
        ),
        ((*COMPARE, "--sample", "0%"), "Invalid value for '--sample': expected more than 0%, got \"0%\""),
        ((*COMPARE, "--out", "calm.yaml"), "Invalid value for '--out': Directory 'calm.yaml' is a file."),
        (("serve", "-s", "calm.yaml", "--port", "65536"), "Invalid value for '--port': 65536 is not in the range"),
        (("show",), "Missing argument 'NAME'."),
        (("show", "clam"), 'nothing shipped is called "clam", did you mean "calm"?'),
    ],
    ids=lambda value: " ".join(value[-2:]) if isinstance(value, tuple) else "",
)
def test_usage_errors(here: Here, words: tuple[str, ...], message: str) -> None:
    """Exit code 2 and one sentence on stderr; nothing is run and nothing written."""
    said = here(*words)
    assert (said.code, said.out) == (2, "")
    error = said.err.rpartition("Error: ")[2]
    assert error.startswith(message)
    assert error.count("\n") == 1
    assert not Path("out").exists()


def test_a_client_called_like_a_variant(here: Here) -> None:
    """Figures of two clients of one name could not be told apart."""
    name = "patient-without-retry"
    Path("other.yaml").write_text(Path("hasty.yaml").read_text("utf-8").replace("hasty", name), encoding="utf-8")
    said = here(*COMPARE, "-c", "other.yaml", "--ablate", "patient")
    assert said.code == 2
    assert said.err.endswith(f'Error: --ablate makes a client called "{name}", and there is one already\n')


@pytest.mark.parametrize(
    ("words", "lines"),
    [
        (("-s", "clam", "-c", "guide"), ['unknown scenario "clam", did you mean "calm"?']),
        (
            ("-s", "clam", "-s", "strom", "-c", "gide"),
            [
                'unknown scenario "clam", did you mean "calm"?',
                f'unknown scenario "strom"; known: {KNOWN[0]}',
                'unknown client "gide", did you mean "guide"?',
            ],
        ),
        (
            ("-s", "guide", "-c", "calm"),
            [
                f'unknown scenario "guide"; known: {KNOWN[0]}',
                f'unknown client "calm"; known: {KNOWN[1]}',
            ],
        ),
        (("-s", "nowhere/storm.yaml", "-c", "guide"), ["nowhere/storm.yaml: no such file"]),
        (("-s", "calm", "-s", "calm.yaml", "-c", "guide"), ['two scenarios are called "calm": calm, calm.yaml']),
        (("-s", "calm", "-c", "."), [".: is a directory, not a file"]),
        (
            ("-s", "calm", "-c", "patient.yaml", "-c", "./patient.yaml"),
            ['two clients are called "patient": patient.yaml, ./patient.yaml'],
        ),
        (("-s", "patient.yaml", "-c", "guide"), ["patient.yaml: looks like a client file, not a scenario file"]),
        (("-s", "calm", "-c", "storm.yaml"), ["storm.yaml: looks like a scenario file, not a client file"]),
    ],
)
def test_names_that_name_nothing(here: Here, words: tuple[str, ...], lines: list[str]) -> None:
    """A suggestion for each, all at once, and not a word more."""
    said = here("compare", *words)
    assert said == (2, "", "".join(f"{line}\n" for line in lines))


def test_an_error_of_ours_says_so(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 3, with what a report of it needs: nobody shall look for a mistake in a file of theirs."""
    monkeypatch.setattr("brownout.commands.compare.play_given", lambda *_, **__: 1 / 0)
    said = here(*COMPARE)
    assert (said.code, said.out) == (3, "")
    assert "ZeroDivisionError" in said.err
    assert said.err.splitlines()[-1].startswith("This is an error of Brownout, not of your files.")


@pytest.mark.skipif(sys.platform == "win32", reason="a pipe that is shut")
def test_a_reader_that_has_seen_enough(tmp_path: Path) -> None:
    """`brownout list | head -1` ends without a traceback."""
    words = " ".join(PROGRAM)
    done = subprocess.run(["sh", "-c", f"{words} list | true"], cwd=tmp_path, capture_output=True, text=True)
    assert done.stderr == ""


def test_as_a_module_and_as_a_program(tmp_path: Path) -> None:
    """`python -m brownout` runs the same."""
    assert brownout("--version", cwd=tmp_path) == (0, f"brownout, version {__version__}\n", "")
