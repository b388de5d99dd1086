"""What TCP does about a connection that does not come up."""

from __future__ import annotations

SYNS = (1.0, 2.0, 3.0, 4.0, 5.0, 7.0, 11.0, 19.0, 35.0, 67.0)
"""Seconds after the first SYN at which Linux sends another, with its own settings since 6.5 (before: 1, 3, 7, 15, 31
and 63). A test on the wire holds the kernel to it."""
GIVES_UP = 131.0
"""Seconds after which Linux gives up, where the client has no limit of its own."""
HELD = 128 * 1024
"""Bytes that are taken from a client although nobody reads them, at most: about what the buffers of two kernels take
that are a network apart. In memory it is just so much."""
