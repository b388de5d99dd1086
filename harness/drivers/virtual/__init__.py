"""Virtual time: the real SDK, asynchronous or blocking, over a network in memory, against the server of the wire."""
