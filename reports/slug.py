"""Names that can stand in file names and anchors, of whatever somebody called something."""

from __future__ import annotations

import re
from hashlib import sha256

_LONGEST = 60


def slug(name: str) -> str:
    """`rate-limit-storm` stays as it is; what cannot, or is too long, gets a part of its hash, to stay different."""
    found = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    if found == name and len(found) <= _LONGEST:
        return found
    return f"{found[:_LONGEST].rstrip('-') or 'name'}-{sha256(name.encode()).hexdigest()[:8]}"
