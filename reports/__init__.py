"""Results as people and machines read them. Everything shown is derived from `run.json`; nothing is computed anew here.

May import the harness, and must not be imported by it.
"""
