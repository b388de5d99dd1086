"""Pictures of charts: SVG that can stand in a page beside others, or PNG. Needs vl-convert, of the extra `report`."""

from __future__ import annotations

import json
import re
from html import escape
from importlib.util import find_spec

from .table import Chart

VEGA_LITE = "5.20"
_DARK, _PAPER = "#1f2328", "#ffffff"
_IDS = re.compile(r"""(\bid="|url\(#|href="#)([^")]+)""")
_ROLES = re.compile(r' (?:aria-[a-z]+|role)="[^"]*"')
"""What is said of every mark: a fifth of the size, and an image is one thing to a screen reader."""
_NAMESPACES = re.compile(r' xmlns(?::[a-z]+)?="[^"]*"')
"""HTML knows them."""
MISSING = "charts need vl-convert-python: pip install 'brownout[report]'"


def can_draw() -> bool:
    """Whether what draws is installed."""
    return find_spec("vl_convert") is not None


def svg(chart: Chart) -> str:
    """The picture as an element for a page. Text has the page's colour; ids are the chart's own, as several charts
    stand in one page. To a screen reader it is one image, and what it says."""
    drawn = _NAMESPACES.sub("", _drawn(chart))
    return drawn.replace("<svg ", f'<svg role="img" aria-label="{escape(chart.says)}" ', 1)


def standalone(chart: Chart) -> str:
    """The picture as a file: on white paper, with dark ink."""
    head, _, rest = _drawn(chart).replace("currentColor", _DARK).partition(">")
    return f'{head}><rect width="100%" height="100%" fill="{_PAPER}"/>{rest}\n'


def _drawn(chart: Chart) -> str:
    import vl_convert

    drawn = str(vl_convert.vegalite_to_svg(json.dumps(chart.spec), VEGA_LITE))
    return _ROLES.sub("", _IDS.sub(rf"\g<1>{chart.name}-\g<2>", drawn))


def png(chart: Chart, scale: float = 2.0) -> bytes:
    """The same as pixels."""
    import vl_convert

    return bytes(vl_convert.svg_to_png(standalone(chart), scale=scale))
