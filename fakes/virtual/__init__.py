"""Virtual time: a clock that jumps when nobody can go on, threads and event loops that live on it, a network in memory.

`World` puts it all in place and takes it away again. Nothing here knows an SDK or an HTTP client.
"""
