"""Pictures of charts: SVG that can stand in a page beside others, or PNG. Needs vl-convert, of the extra `report`."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any

from .table import Chart

VEGA_LITE = "5.20"
MISSING = "charts need vl-convert-python: pip install 'brownout[report]'"
_DARK, _PAPER = "#1f2328", "#ffffff"
_SVG = "http://www.w3.org/2000/svg"
_UNSAYABLE = re.compile(r"[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd\U00010000-\U0010ffff]")
"""What XML has no word for, and what ends the library that draws."""
_LONGEST = 200
"""Characters of a text: where a name has no end, the library that draws takes minutes to find where it should."""
_REFERENCE = re.compile(r"url\(#([^)]+)\)")


def can_draw() -> bool:
    """Whether what draws is installed."""
    return find_spec("vl_convert") is not None


def svg(chart: Chart) -> str:
    """The picture as an element for a page. Text has the page's colour; ids are the chart's own, as several charts
    stand in one page. To a screen reader it is one image, and what it says."""
    drawn = _drawn(chart)
    drawn.set("role", "img")
    drawn.set("aria-label", _sayable(chart.says))
    return _plain(drawn)  # HTML knows the namespace


def standalone(chart: Chart) -> str:
    """The picture as a file: on white paper, with dark ink."""
    drawn = _drawn(chart)
    for element in drawn.iter():
        for name in ("fill", "stroke"):
            if element.get(name) == "currentColor":
                element.set(name, _DARK)
    drawn.insert(0, ET.Element(f"{{{_SVG}}}rect", {"width": "100%", "height": "100%", "fill": _PAPER}))
    return _plain(drawn, xmlns=_SVG) + "\n"


def _plain(drawn: ET.Element, **more: str) -> str:
    """Without prefixes."""
    for element in drawn.iter():
        element.tag = element.tag.removeprefix(f"{{{_SVG}}}")
    for name, value in more.items():
        drawn.set(name, value)
    return ET.tostring(drawn, "unicode")


def png(chart: Chart, scale: float = 2.0) -> bytes:
    """The same as pixels."""
    import vl_convert

    return bytes(vl_convert.svg_to_png(standalone(chart), scale=scale))


def _drawn(chart: Chart) -> ET.Element:
    """As a tree, whose attributes are changed and whose texts are not: a text may look like any of it."""
    import vl_convert

    drawn = ET.fromstring(vl_convert.vegalite_to_svg(json.dumps(_sayable(chart.spec)), VEGA_LITE))
    for element in drawn.iter():
        # Of each mark it is said what it is: a fifth of the size, and an image is one thing to a screen reader.
        for name in [name for name in element.attrib if name == "role" or name.startswith("aria-")]:
            del element.attrib[name]
        for name, value in element.attrib.items():
            if name == "id":
                element.set(name, f"{chart.name}-{value}")
            elif value.startswith("url(#"):
                element.set(name, _REFERENCE.sub(rf"url(#{chart.name}-\1)", value))
    return drawn


def _sayable(part: Any) -> Any:
    """The same with every text such as can be drawn in good time."""
    match part:
        case str():
            text = _UNSAYABLE.sub("\N{REPLACEMENT CHARACTER}", part)
            return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
        case Mapping():
            return {_sayable(name): _sayable(value) for name, value in part.items()}
        case list() | tuple():
            return [_sayable(each) for each in part]
    return part
