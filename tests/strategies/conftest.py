"""How Hypothesis judges here: never by the time an example took, on a machine that others use too."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("shared machine", deadline=None)
settings.load_profile("shared machine")
