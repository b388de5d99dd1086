"""The file of finished runs in a folder, when it is in use, of another version, or no such file at all."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from brownout.harness.store import FILE_NAME, Store

from .command import Here

WORDS = ("compare", "-s", "calm.yaml", "-c", "patient.yaml", "-c", "hasty.yaml")
ALONE = ("--workers", "1")


@pytest.mark.parametrize("resume", [(), ("--resume",)], ids=["anew", "resume"])
def test_two_at_once_in_one_folder(here: Here, resume: tuple[str, ...]) -> None:
    """The second is refused with exit code 2, and the first does not notice."""
    Path("out").mkdir()
    with Store(Path("out") / FILE_NAME, is_new=True):
        said = here(*WORDS, "--seeds", "1", *ALONE, *resume)
    assert said == (2, "", "Error: out/cells.sqlite: another run is writing there\n")


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda path: path.write_text("my notes " * 99, "utf-8"), "not a file of results"),
        (lambda path: path.mkdir(), "unable to open database file"),
    ],
    ids=["text", "folder"],
)
def test_a_file_that_is_no_store(here: Here, make: object, message: str) -> None:
    """Exit code 2; it is left as it is."""
    Path("out").mkdir()
    make(Path("out") / FILE_NAME)  # type: ignore[operator]
    said = here(*WORDS, "--seeds", "1", *ALONE)
    assert said == (2, "", f"Error: out/cells.sqlite: {message}\n")
    assert (Path("out") / FILE_NAME).exists()


def test_another_version_of_the_store(here: Here) -> None:
    """`--resume` is refused with what to do; without it the run begins anew."""
    assert here(*WORDS, "--seeds", "1", *ALONE).code == 0
    with closing(sqlite3.connect(Path("out") / FILE_NAME)) as db:
        db.execute("UPDATE meta SET value = '99' WHERE name = 'format'")
        db.commit()
    said = here(*WORDS, "--seeds", "1", *ALONE, "--resume")
    assert said == (
        2, "", "Error: out/cells.sqlite: written by another version; leave out --resume to begin anew\n"
    )  # fmt: skip
    assert here(*WORDS, "--seeds", "1", *ALONE).code == 0
