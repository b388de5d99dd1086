"""The store: what is kept is there again, one run at a time, and no other file is taken for it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from brownout.harness.store import FILE_NAME, Store, StoreError, read, unfinished

from .scoring.made import cell, played

PATH = Path(FILE_NAME)


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def refused(*, is_new: bool = False) -> str:
    with pytest.raises(StoreError) as caught:
        Store(PATH, is_new=is_new)
    return str(caught.value)


def changed(*statements: str) -> None:
    """By another program."""
    with closing(sqlite3.connect(PATH)) as db:
        for statement in statements:
            db.execute(statement)
        db.commit()


def test_what_is_kept_is_there_again() -> None:
    """Equal to the last digit, infinity too; what was not kept is not there."""
    kept = played(cell("a", 1, metrics={"p95(latency)": float("inf"), "rmst": 0.1 + 0.2}))
    with Store(PATH, is_new=True) as store:
        assert store.get(kept.cell.key) is None
        store.put(kept)
        assert store.get(kept.cell.key) == kept
    with Store(PATH, is_new=False) as store:
        assert store.get(kept.cell.key) == kept
        assert store.get("another") is None
    assert list(read(PATH, [kept.cell.key])) == [kept]
    assert [path.name for path in Path().iterdir()] == [FILE_NAME]


def test_a_new_one_is_empty() -> None:
    """Whatever was there."""
    kept = played(cell("a", 1))
    with Store(PATH, is_new=True) as store:
        store.put(kept)
        assert store.once("created", "monday") == "monday"
    with Store(PATH, is_new=False) as store:
        assert store.once("created", "tuesday") == "monday"
    with Store(PATH, is_new=True) as store:
        assert store.get(kept.cell.key) is None
        assert store.once("created", "tuesday") == "tuesday"


def test_going_on_where_nothing_is_begins() -> None:
    """`--resume` may always be given."""
    with Store(PATH, is_new=False) as store:
        store.put(played(cell("a", 1)))
    assert PATH.exists()


@pytest.mark.parametrize("is_new", [True, False])
def test_two_runs_do_not_share_a_file(is_new: bool) -> None:
    """The second is refused, the first goes on, and afterwards the file is free."""
    with Store(PATH, is_new=True) as store:
        assert refused(is_new=is_new) == "cells.sqlite: another run is writing there"
        store.put(played(cell("a", 1)))
    Store(PATH, is_new=False).__exit__()


@pytest.mark.parametrize("is_new", [True, False])
def test_a_file_that_is_no_database(is_new: bool) -> None:
    """Nothing of it is lost."""
    PATH.write_text("my notes, " * 100, encoding="utf-8")
    assert refused(is_new=is_new) == "cells.sqlite: not a file of results"
    assert PATH.read_text(encoding="utf-8").startswith("my notes, ")


def test_another_format() -> None:
    """It says what to do, lets go of the file, and doing so works."""
    Store(PATH, is_new=True).__exit__()
    changed("UPDATE meta SET value = '99' WHERE name = 'format'")
    assert refused() == "cells.sqlite: written by another version; leave out --resume to begin anew"
    Store(PATH, is_new=True).__exit__()
    Store(PATH, is_new=False).__exit__()


def test_a_cell_that_cannot_be_read() -> None:
    """It is named, not played over: somebody has been at the file."""
    kept = played(cell("a", 1))
    with Store(PATH, is_new=True) as store:
        store.put(kept)
    changed("UPDATE cells SET cell = '{}'")
    with Store(PATH, is_new=False) as store, pytest.raises(StoreError, match=r"^cells.sqlite: not a cell of this ver"):
        store.get(kept.cell.key)
    with pytest.raises(StoreError, match=r"^cells.sqlite: the cell nothing of this run is not there$"):
        list(read(PATH, ["nothing"]))
    with pytest.raises(StoreError, match=r"^nowhere.sqlite: unable to open database file$"):
        list(read(Path("nowhere.sqlite"), ["nothing"]))


def test_a_full_disk_is_told_in_our_words() -> None:
    """What was kept before stays."""
    first, big = played(cell("a", 1)), played(cell("a", 2), [float(i) ** 0.5 for i in range(100_000)])
    with Store(PATH, is_new=True) as store:
        store.put(first)
        store._db.execute("PRAGMA max_page_count = 12")
        with pytest.raises(StoreError, match=r"^cells.sqlite: database or disk is full$"):
            store.put(big)
        assert store.get(first.cell.key) == first


def test_a_broken_database_does_not_keep_a_new_run_from_beginning() -> None:
    """Nothing in half a file can be lost; a run that is to go on is refused all the same."""
    path = Path(FILE_NAME)
    with Store(path, is_new=True) as store:
        for number in range(40):
            store.put(played(cell("a", number, 0.5)))
    path.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(StoreError, match="malformed"):
        Store(path, is_new=False)
    with Store(path, is_new=True) as store:
        store.put(played(cell("a", 1, 0.5)))
    assert unfinished(path) == [cell("a", 1, 0.5).key]
