"""How long anything is waited for. Without pytest, for tests in an environment that has none."""

PATIENCE = 60.0
"""Real seconds after which a test that waits for something has failed; none waits this long when it passes."""
