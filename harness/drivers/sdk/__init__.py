"""The official SDK as a contestant, on whatever network and clock: what its callers get, and what it sends."""
