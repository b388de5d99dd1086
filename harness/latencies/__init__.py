"""Latencies of one's own: a log of calls, and the distribution that it speaks for."""
