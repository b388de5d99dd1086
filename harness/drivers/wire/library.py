"""Which HTTP library the installed SDK stands on: httpx2 since 1.0, httpx before. Its objects do not mix."""

from __future__ import annotations

from typing import Any

import anthropic._base_client as sdk_internals

http: Any = getattr(sdk_internals, "httpx2", None) or sdk_internals.httpx  # type: ignore[attr-defined]
"""The library's module, under the names that both share."""
