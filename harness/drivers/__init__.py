"""Backends: the only code that has a clock. Each is a port for the engine and a clock for the player."""
