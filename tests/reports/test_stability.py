"""How much load is safe, in every format; and that what does not hang together is refused."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest

from brownout.harness.results import RunFile, RunFileError, load
from brownout.harness.stable import Diagram, Stability
from brownout.reports import drawing
from brownout.reports.document import document
from brownout.reports.report import Report

from .read_back import READERS, page
from .runs import estimate, run
from .test_formats import FORMATS, HOSTILE, each_format, said


def surveyed(row: str = "1x", **changes: Any) -> RunFile:
    back, down = [[1.0, 0.5], [0.75, 0.0]], [[0.0, 0.25], [0.0, 0.5]]
    diagram = Diagram(by="trouble", rows=["0.5x", row], loads=[0.5, 1.0], back=back, down=down)
    fields = {"scenario": "storm", "worlds": 4, "highest": 1.6, "diagrams": [diagram]}
    steady = Stability(client="steady", turns_at=estimate(1.25, 1.2, 1.3), safe=1.6, **fields)
    hasty = Stability(client="hasty", turns_at=estimate(0.25), safe=0.0, **fields)
    return run(stability=[hasty, steady], gate=None, **changes)


def test_what_never_turned_has_no_load_at_which_it_does() -> None:
    """The largest load that was tried is no measurement, and its interval none of anything."""
    [loads, *_] = document(surveyed()).tables
    assert loads.rows[0][2:5] == ("at none", "0.25x", "–")
    assert loads.rows[1][2:5] == ("1.60x and more", "> 1.60x", "–")


def test_the_headline_says_where_the_maps_say_less() -> None:
    """The smallest load up to the safe one, after trouble of whichever length; not by values, which are of others."""
    found = document(surveyed()).verdict
    assert "hasty. By the maps it does not always, already at 0.50x with steady in storm after trouble of 1x. " in found
    plain = surveyed()
    by = [each.model_copy(update={"diagrams": [each.diagrams[0].model_copy(update={"by": "retry.retries"})]})
          for each in plain.stability]  # fmt: skip
    assert "By the maps" not in document(plain.model_copy(update={"stability": by})).verdict


@each_format
def test_all_formats_say_how_much_load_is_safe(name: str) -> None:
    report = Report(surveyed())
    read = READERS[name](FORMATS[name].render(report))
    assert read == said(report.document, name)
    assert read.verdict.startswith("The load under which the service comes back: 1.60x and more with steady, at none")
    assert read.titles[0] == "How much load is safe"


def test_every_place_of_a_map_is_told_in_words() -> None:
    maps = [table for table in document(surveyed()).tables if table.title.endswith("by trouble")]
    assert maps[0].rows == (
        ("0.5x", "back", "50% back, 25% down, 25% too much"),
        ("1x", "75% back, 25% too much", "50% down, 50% too much"),
    )
    assert maps[0].shades == ((0.0, 0.25), (0.0, 0.5))


def test_its_map_is_drawn() -> None:
    charts = [table.chart for table in document(surveyed()).tables if table.chart]
    maps = [chart for chart in charts if chart.name.startswith("stability-")]
    assert len(maps) == 2
    for chart in maps:
        assert ET.fromstring(drawing.svg(chart)).attrib["role"] == "img"
        [fields, _] = chart.spec["layer"]
        widths = [each["to"] - each["from"] for each in fields["data"]["values"]]
        assert sum(widths) == pytest.approx(4 * 0.96)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_value_of_strangers_is_text(text: str) -> None:
    html, harmless = (FORMATS["html"].render(Report(surveyed(each).mended())) for each in (text, "harmless"))
    assert [tag for tag, _ in page(html).tags] == [tag for tag, _ in page(harmless).tags]


def test_what_hangs_together_can_be_kept(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    surveyed().save(path)
    assert load(path) == surveyed()


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"client": "nobody"}, 'stability.0: no client "nobody"'),
        ({"scenario": "nowhere"}, 'stability.0: no scenario "nowhere"'),
        ({"client": "steady"}, "is there 2 times"),
        ({"worlds": 0}, "worlds"),
    ],
)
def test_what_does_not_is_refused(tmp_path: Path, changes: dict[str, Any], says: str) -> None:
    plain = surveyed()
    hasty, steady = plain.stability
    path = tmp_path / "run.json"
    broken = plain.model_copy(update={"stability": [hasty.model_copy(update=changes), steady]})
    path.write_text(broken.model_dump_json(), encoding="utf-8")
    with pytest.raises(RunFileError) as error:
        load(path)
    assert says in str(error.value)


def test_a_map_has_a_place_for_everything() -> None:
    with pytest.raises(ValueError, match="expected a row a row"):
        Diagram(by="trouble", rows=["1x"], loads=[1.0, 2.0], back=[[1.0]], down=[[0.0]])
