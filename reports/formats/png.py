"""Every chart in pixels, for chats and mails. Needs vl-convert, of the extra `report`."""

from __future__ import annotations

from collections.abc import Mapping

from .. import drawing, pictures
from ..pictures import check
from ..report import Report

__all__ = ["FILE_NAME", "check", "render"]

FILE_NAME = "charts-png"


def render(report: Report) -> Mapping[str, bytes]:
    """A folder with a file a chart."""
    return pictures.folder(report, drawing.png, "png")
