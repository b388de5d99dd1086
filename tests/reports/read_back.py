"""Reads reports back into what they say: verdict, titles, tables, notes. By the rules of each format, not by ours.
What is folded away is read as well."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import pairwise

from markdown_it import MarkdownIt  # comes with rich


@dataclass
class Read:
    """What a reader sees. Tables are lists of rows of cells, the head included; each has a title."""

    verdict: str = ""
    titles: list[str] = field(default_factory=list)
    tables: list[list[list[str]]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def numbers(self) -> list[str]:
        """Every number in it, in its order."""
        texts = [
            self.verdict,
            *self.titles,
            *(cell for table in self.tables for row in table for cell in row),
            *self.notes,
        ]
        return [number for text in texts for number in re.findall(r"\d+(?:\.\d+)?", text)]


class Page(HTMLParser):
    """A page of HTML: what is in it, and every tag with its attributes."""

    VOID = frozenset({"meta", "br", "hr", "img", "link"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        """(tag, its whole text), of every tag that holds no other of these."""
        self._open: list[tuple[str, list[str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self._open.append((tag, []))

    def handle_endtag(self, tag: str) -> None:
        opened, text = self._open.pop()
        assert opened == tag, f"<{opened}> is closed by </{tag}>"
        self.texts.append((tag, "".join(text)))

    def handle_data(self, data: str) -> None:
        for _, text in self._open:
            text.append(data)

    def close(self) -> None:
        super().close()
        assert self._open == [], "something is never closed"


def page(html: str) -> Page:
    """Raises `AssertionError` for tags that do not match."""
    found = Page()
    found.feed(html)
    found.close()
    return found


FOLDED = ("The figures", "These numbers again")
"""What is folded away under a head that it shares with a chart, or is no table."""


def from_html(html: str) -> Read:
    """A page of ours, or Markdown rendered. A table has the name of the last head before it."""
    read = Read()
    table: list[list[str]] = []
    row: list[str] = []
    paragraphs: list[str] = []
    head = ""
    for tag, text in page(html).texts:
        match tag:
            case "th" | "td":
                row.append(text)
            case "tr":
                table.append(row)
                row = []
            case "table":
                read.tables.append(table)
                read.titles.append(head)
                table = []
            case "h2" | "h3" | "summary" if text not in FOLDED:
                head = text
            case "li" if head == "Notes":
                read.notes.append(text)
            case "p":
                paragraphs.append(text)
    read.verdict = paragraphs[0]
    return read


def rendered(markdown: str) -> str:
    """As GitHub would show it: tables, strike-through, and HTML let through."""
    html: str = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(markdown)
    return html


def from_markdown(markdown: str) -> Read:
    return from_html(rendered(markdown))


def from_console(text: str) -> Read:
    """Blocks between empty lines: the verdict, tables under a title, notes. Columns are two blanks apart."""
    verdict, *blocks = text.rstrip("\n").split("\n\n")
    read = Read(verdict.replace("\n", " "))
    for block in blocks:
        lines = block.split("\n")
        if block.startswith("Note: "):
            read.notes.append(" ".join(line.strip() for line in lines).removeprefix("Note: "))
            continue
        if ": answered in time, from" in lines[0]:
            continue  # a picture
        read.titles.append(lines[0])
        starts = [found.start() for found in re.finditer(r"(?<=  )\S", "  " + lines[1][2:])]
        rows = []
        for line in lines[1:]:
            padded = "  " + line[2:].ljust(400)
            bounds = [*starts, len(padded)]
            rows.append([padded[a:b].strip() for a, b in pairwise(bounds)])
        read.tables.append(rows)
    return read


READERS: dict[str, Callable[[str], Read]] = {
    "console": from_console,
    "html": from_html,
    "markdown": from_markdown,
}
