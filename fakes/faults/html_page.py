"""A proxy's page, with status 200: a captive portal, a firewall that wants to be clicked away."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from ..plan import FINISH, RELEASE, Head, Plan, is_unanswered
from ..refusal import HTML, page
from .base import Fault


class HtmlPage(Fault):
    """Status 200, `text/html`, and a page."""

    kind: Literal["html_page"] = "html_page"
    at: Literal["arrival", "before_headers"] = "before_headers"
    example: ClassVar[dict[str, Any]] = {"kind": "html_page", "share": "5%"}

    def instead(self, rest: Plan) -> Plan | None:
        return (RELEASE, Head(fields=HTML), page(200, "OK"), FINISH) if is_unanswered(rest) else None
