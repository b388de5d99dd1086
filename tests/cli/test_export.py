"""`brownout export`: a client as code, on the terminal or in a file, or the reason why not."""

from __future__ import annotations

from pathlib import Path

import pytest

import brownout
from brownout.harness.exporting import NotExportable

from .command import Here


@pytest.mark.parametrize("to", ["python", "typescript"])
def test_it_is_printed_or_written(here: Here, to: str) -> None:
    """The same either way, and from Python."""
    printed = here("export", "budgeted", "--as", to)
    assert (printed.code, printed.err) == (0, "")
    assert here("export", "budgeted", "--as", to, "--out", "mine.txt") == (0, "Wrote mine.txt\n", "")
    assert Path("mine.txt").read_text(encoding="utf-8") == printed.out == brownout.export("budgeted", to)
    assert f"Made by `brownout export budgeted --as {to}`" in printed.out


def test_a_file_of_ones_own_and_a_profile(here: Here) -> None:
    """The command in the code makes it again."""
    said = here("export", "patient.yaml", "--as", "python")
    assert "Made by `brownout export patient.yaml --as python`" in said.out
    said = here("export", "budgeted", "--as", "python", "--profile", "background")
    assert "Made by `brownout export budgeted --as python --profile background`" in said.out
    assert "seconds=290.0" in said.out


def test_what_cannot_be_exported_is_refused(here: Here) -> None:
    """With its name, and nothing is written."""
    Path("mine.yaml").write_text("name: mine\nlayers: [{resume: {times: 2}}, sdk]\n", encoding="utf-8")
    said = here("export", "mine.yaml", "--as", "python", "--out", "mine.py")
    assert (said.code, said.out) == (2, "")
    assert 'cannot be exported to python: "resume"' in said.err
    assert not Path("mine.py").exists()
    with pytest.raises(NotExportable):
        brownout.export("mine.yaml", "python")


@pytest.mark.parametrize(
    ("words", "why"),
    {
        ("nobody", "--as", "python"): "unknown client",
        ("budgeted", "--as", "cobol"): "is not one of",
        ("budgeted",): "--as",
        ("budgeted", "--as", "python", "--profile", "bakground"): "did you mean",
        ("budgeted", "--as", "python", "--out", "no/such/folder.py"): "cannot write",
    }.items(),
)
def test_mistakes_are_told(here: Here, words: tuple[str, ...], why: str) -> None:
    said = here("export", *words)
    assert (said.code, said.out) == (2, "")
    assert why in said.err
