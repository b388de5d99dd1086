"""The simulator: the same brain and the same layers on SimPy's clock, with a model of the SDK's HTTP client between.

Callbacks on events, no process per request, and no timeout event that the known plan shows cannot fire.
"""
