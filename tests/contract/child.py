"""Plays cases in the environment of another SDK: a `Case` a line comes in as JSON, what was `Seen` goes out.

Its first line is the version of the SDK. What went wrong with a case goes out as a text.
"""

from __future__ import annotations

import json
import sys
import traceback

import anthropic

from brownout.fakes.virtual.errors import VirtualTimeError

from .networks import Case, play
from .program import Seen


def main() -> None:
    """Answer each line with a line."""
    print(json.dumps(anthropic.__version__), flush=True)
    for line in sys.stdin:
        print(json.dumps(_played(Case(*json.loads(line)))), flush=True)


def _played(case: Case) -> Seen | str:
    try:
        return play(case)
    except (Exception, VirtualTimeError):
        return traceback.format_exc()


if __name__ == "__main__":
    main()
