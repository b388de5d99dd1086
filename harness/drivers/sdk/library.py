"""Which HTTP library the installed SDK stands on: httpx2 since 1.0, httpx before. Its objects do not mix."""

from __future__ import annotations

from typing import Any

import anthropic._base_client

sdk_internals: Any = anthropic._base_client
"""The module whose globals hold the SDK's constants. They are not declared public; tests pin those we use."""

http: Any = getattr(sdk_internals, "httpx2", None) or sdk_internals.httpx
"""The library's module, under the names that both share."""
