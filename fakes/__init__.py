"""The fake Claude: what the server sends, when, and which faults befall it.

Here are the plans, the sans-IO endpoint, the API surface, the faults, and what plays them: the
wire server, the in-memory network, the virtual clock. Imports no other folder of ours, and no SDK,
HTTP client or simulator.
"""
