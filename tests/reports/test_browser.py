"""The page in a real browser: what it asks for, what a script adds, and who can read it.

Needs Chromium, and npm for axe-core. Where one is missing these tests are skipped, unless the environment says that it
must be there (`BROWNOUT_REQUIRES=chromium,npm`, as CI does).
"""

from __future__ import annotations

import http.server
import os
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from brownout.reports.formats import html
from brownout.reports.report import Report

from .runs import AGREEMENT, client, run

pytestmark = pytest.mark.slow

sync_api = pytest.importorskip("playwright.sync_api")

AXE = "axe-core@4.14.1"
JENKINS = "sandbox allow-same-origin; default-src 'none'; img-src 'self'; style-src 'self'"
"""What Jenkins sends along with the reports it keeps, if nobody has changed it."""
LONG = "n" * 10_000
WORDY = "guide-with-a-total-limit-of-60s-and-2"
SCRIPT = "<script>document.title='run'</script>"
FLAGS = ("--no-sandbox", "--disable-background-networking", "--disable-component-update", "--no-first-run")


def needed(name: str, *programs: str) -> str:
    """The first of the programs that is there."""
    for program in programs:
        if found := shutil.which(program):
            return found
    if name in os.environ.get("BROWNOUT_REQUIRES", "").split(","):
        pytest.fail(f"{name} is not there, and has to be")
    pytest.skip(f"needs {name}")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    program = needed("chromium", "chromium", "chromium-browser", "google-chrome")
    with sync_api.sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        yield found
        found.close()


@pytest.fixture(scope="module")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The source of axe-core, from npm: of a few megabytes, so that every worker may have its own."""
    npm, folder = needed("npm", "npm"), tmp_path_factory.mktemp("axe")
    command = [npm, "install", "--prefix", str(folder), "--no-audit", "--no-fund", "--silent", AXE]
    subprocess.run(command, check=True, timeout=300)
    return (folder / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A usual page, and one whose names are not."""
    found = tmp_path_factory.mktemp("pages")
    (found / "report.html").write_text(html.render(Report(run(), AGREEMENT)), encoding="utf-8")
    (found / "hostile.html").write_text(html.render(named(SCRIPT, LONG)), encoding="utf-8")
    (found / "wordy.html").write_text(html.render(named("storm", WORDY)), encoding="utf-8")
    return found


def named(scenario: str, contestant: str) -> Report:
    """With other names: a scenario that is a script, say, and a client whose name has no end."""
    plain = run()
    renamed = {"storm": scenario, "steady": contestant}

    def with_names(part: Any) -> Any:
        named = {name: renamed.get(getattr(part, name, "")) for name in ("scenario", "client", "name")}
        return part.model_copy(update={name: value for name, value in named.items() if value})

    lists = ("scenarios", "rows", "standings", "objectives", "waterfalls")
    changed = {name: list(map(with_names, getattr(plain, name))) for name in lists}
    changed["clients"] = [client(contestant, SCRIPT), *plain.clients[1:]]
    changed["weights"] = {scenario: 2.0, "calm": 1.0}
    return Report(plain.model_copy(update=changed))


Open = Callable[..., Any]


@pytest.fixture
def open_page(browser: Any, folder: Path) -> Iterator[Open]:
    """A page in a fresh context; what it asked for and complained of is kept beside it."""
    contexts = []

    def opened(name: str = "report.html", address: str = "", width: int = 1100, **context: Any) -> Any:
        contexts.append(browser.new_context(viewport={"width": width, "height": 900}, **context))
        page = contexts[-1].new_page()
        page.requests, page.complaints = [], []
        page.on("request", lambda request: page.requests.append(request.url))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on("console", lambda message: page.complaints.append(message.text))
        page.goto(address or (folder / name).as_uri())
        return page

    yield opened
    for context in contexts:
        context.close()


def test_nothing_is_asked_for_and_nothing_complained_of(open_page: Open, folder: Path) -> None:
    """The page is one request, of the page."""
    page = open_page()
    page.mouse.wheel(0, 20_000)
    assert page.requests == [(folder / "report.html").as_uri()]
    assert page.complaints == []


def test_without_scripts_it_is_whole(open_page: Open) -> None:
    """Every chart and table is there; only what needs a script is not shown."""
    page = open_page(java_script_enabled=False)
    charts = [table for table in Report(run(), AGREEMENT).document.tables if table.chart]
    assert page.locator("figure svg").count() == len(charts)
    assert page.locator("figure svg >> nth=0").is_visible()
    assert not page.locator("#tools").is_visible()
    page.locator("summary", has_text="The figures").first.click()
    assert page.locator("details[open] table").first.is_visible()


def test_a_name_of_many_words_leaves_room_for_the_figures(open_page: Open) -> None:
    """It goes on in a second line rather than push the last columns out of a page as wide as most are."""
    page = open_page("wordy.html", width=1300)
    tables = page.locator(".scroll:visible")
    assert tables.count() > 3
    for table in tables.all():
        assert table.evaluate("each => each.scrollWidth - each.clientWidth") <= 0, table.inner_text()


def test_the_name_of_a_client_to_choose_is_cut_with_dots(open_page: Open) -> None:
    """And whole under the pointer."""
    label = open_page("wordy.html", width=1300).locator(f'.tools label[title="{WORDY}"]')
    name = label.locator(".name")
    assert name.inner_text() == WORDY
    assert name.evaluate("each => each.scrollWidth > each.clientWidth && getComputedStyle(each).textOverflow") == (
        "ellipsis"
    )
    right, most = (sum(each.bounding_box()[side] for side in ("x", "width")) for each in (name, label))
    assert right <= most


@pytest.fixture(scope="module")
def strict(folder: Path) -> Iterator[str]:
    """The address of a server that answers as Jenkins does."""

    class Handler(http.server.SimpleHTTPRequestHandler):
        def end_headers(self) -> None:
            self.send_header("Content-Security-Policy", JENKINS)
            super().end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/report.html"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_under_a_strict_policy_it_can_be_read(open_page: Open, strict: str, scheme: str) -> None:
    """Without styles and scripts: the verdict, charts in colours that differ from the paper, tables with lines."""
    page = open_page(address=strict, color_scheme=scheme)
    assert page.locator(".verdict").inner_text().startswith("GATE MISSED")
    assert page.evaluate("getComputedStyle(document.querySelector('.verdict')).borderLeftWidth") == "0px"
    assert page.evaluate("getComputedStyle(document.querySelector('td')).borderTopWidth") == "1px"
    ink = page.evaluate("getComputedStyle(document.querySelector('svg text')).fill")
    assert ink == page.evaluate("getComputedStyle(document.body).color")
    assert (ink == "rgb(0, 0, 0)") is (scheme == "light")


def test_light_and_dark(open_page: Open) -> None:
    """As the reader's system is."""
    papers = {
        scheme: open_page(color_scheme=scheme).evaluate("getComputedStyle(document.body).backgroundColor")
        for scheme in ("light", "dark")
    }
    assert papers == {"light": "rgb(255, 255, 255)", "dark": "rgb(22, 24, 29)"}


@pytest.mark.parametrize("name", ["report.html", "hostile.html"])
@pytest.mark.parametrize("width", [360, 800, 1400])
def test_nothing_sticks_out(open_page: Open, name: str, width: int) -> None:
    """Wide tables and charts scroll by themselves; the page never does sideways."""
    page = open_page(name, width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_names_are_text(open_page: Open) -> None:
    """A scenario that is a script is shown, and does not run; a name without end is in its place."""
    page = open_page("hostile.html")
    assert page.title() == "Brownout: which configuration holds"
    assert page.complaints == []
    assert page.locator("h2", has_text=SCRIPT).count() == 1
    assert page.locator("figure svg").count() == 9
    assert page.locator("section.incident").first.bounding_box()["height"] < 9_000


def rows(table: Any) -> list[str]:
    found: list[str] = table.locator("tbody th").all_inner_texts()
    return found


def test_columns_are_sorted(open_page: Open) -> None:
    """By their numbers; what never happens counts as the most. By keyboard as well, and said to screen readers."""
    page = open_page()
    table = page.locator("#scenario-storm table").first
    assert rows(table) == ["steady", "hasty", "absent"]
    p50 = table.locator("thead th", has_text="p50")
    p50.locator("button").click()
    assert (rows(table), p50.get_attribute("aria-sort")) == (["hasty", "steady", "absent"], "ascending")
    p50.locator("button").focus()
    page.keyboard.press("Enter")
    assert (rows(table), p50.get_attribute("aria-sort")) == (["absent", "steady", "hasty"], "descending")
    table.locator("thead th", has_text="client").locator("button").click()
    assert (rows(table), p50.get_attribute("aria-sort")) == (["absent", "hasty", "steady"], None)


def test_clients_are_hidden_everywhere(open_page: Open) -> None:
    """In tables by their names, in charts by their colours; and shown again."""
    page = open_page()
    lines = page.locator("#scenario-storm figure >> nth=0 >> .mark-line path")
    shown = lines.filter(visible=True).count()
    page.get_by_role("checkbox", name="hasty").uncheck()
    assert lines.filter(visible=True).count() < shown
    assert not page.locator("tr[data-client=hasty]").filter(visible=True).count()
    assert page.locator("tr[data-client=steady]").filter(visible=True).count()
    page.get_by_role("checkbox", name="hasty").check()
    assert lines.filter(visible=True).count() == shown


def test_hiding_a_client_hides_nothing_of_others(open_page: Open) -> None:
    """A call's requests have the colours of their endings, and stay; so do the other clients' lines."""
    page = open_page()
    bars = page.locator("#scenario-storm figure.of-kinds .mark-rect path")
    steady = page.locator("#scenario-storm figure >> nth=0 >> .mark-line path")
    shown, lines = bars.filter(visible=True).count(), steady.filter(visible=True).count()
    assert shown
    for name in ("hasty", "absent"):
        page.get_by_role("checkbox", name=name).uncheck()
    assert bars.filter(visible=True).count() == shown
    assert 0 < steady.filter(visible=True).count() < lines


def test_a_link_leads_to_a_head_that_can_be_seen(open_page: Open) -> None:
    """Below the tools, which stay; and to a scenario that was filtered out."""
    page = open_page()
    page.get_by_role("searchbox").fill("calm")
    page.get_by_role("link", name="storm", exact=True).click()
    head = page.locator("#scenario-storm h2")
    tools = page.locator("#tools").bounding_box()
    assert head.is_visible()
    assert head.bounding_box()["y"] >= tools["y"] + tools["height"]


def test_scenarios_are_found(open_page: Open) -> None:
    """By a part of their name."""
    page = open_page()
    page.get_by_role("searchbox").fill("STO")
    assert page.locator("#scenario-storm").is_visible()
    assert not page.locator("#scenario-calm").is_visible()


def test_figures_stand_under_the_pointer(open_page: Open) -> None:
    """Those of the bin and the panel it is in, of the clients that are shown."""
    page = open_page()
    figure = page.locator("#scenario-storm figure[data-hover]")
    figure.scroll_into_view_if_needed()
    panels = figure.locator("svg path.background").evaluate_all(
        "paths => paths.filter(p => p.getBBox().width > 500 && p.getBBox().height > 10)"
        ".map(p => { const b = p.getBoundingClientRect(); return [b.left, b.top, b.width, b.height]; })"
    )
    plots = sorted({tuple(map(round, panel)) for panel in panels}, key=lambda panel: panel[1])
    left, top, width, height = plots[0]
    page.mouse.move(left + width * 25 / 90, top + height / 2)
    values = figure.locator(".values")
    assert values.inner_text().splitlines() == [
        "20 to 30 s, answered in time (dashed: without faults)",
        "   83.4%  steady", "   61.2%  hasty", "    0.0%  absent",
    ]  # fmt: skip
    page.get_by_role("checkbox", name="hasty").uncheck()
    left, top, width, height = plots[1]
    page.mouse.move(left + width * 15 / 90, top + height / 2)
    assert values.inner_text().splitlines() == [
        "10 to 20 s, requests a second", "    3.50  steady", "    3.50  absent"
    ]  # fmt: skip
    left, top, width, height = plots[3]
    page.mouse.move(left + width * 25 / 90, top + height / 2)
    assert values.inner_text().splitlines()[1:] == ["       –  steady", "   50.0%  absent"]
    page.mouse.move(left - 50, top)
    assert not values.is_visible()


def test_it_is_whole_on_paper(open_page: Open) -> None:
    """What is folded away is printed, and nothing that only a screen has."""
    page = open_page()
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert not page.locator("nav").is_visible()
    assert not page.locator("#tools").is_visible()
    folded = page.locator("details:not([open]) table").first
    assert folded.bounding_box()["height"] > 40
    assert page.pdf().startswith(b"%PDF")


def test_by_keyboard(open_page: Open) -> None:
    """The first key leads past the contents."""
    page = open_page()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#main"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1100])
def test_axe_finds_nothing(open_page: Open, axe: str, scheme: str, width: int) -> None:
    """With everything unfolded, by all its rules but those that it calls experimental."""
    page = open_page(width=width, color_scheme=scheme, bypass_csp=True)
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    page.evaluate(axe)
    found = page.evaluate("axe.run()")
    assert len(found["passes"]) > 20
    told = [(each["id"], each["impact"], each["nodes"][0]["html"][:120]) for each in found["violations"]]
    assert told == []
