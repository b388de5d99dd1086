"""What a client does about failure: layers as generators, the effects they yield, the engine that steps them.

Nothing here does I/O, reads a clock or knows the SDK: the very same objects run in the simulator and around the real
SDK. May not import simpy, anthropic or an HTTP library.
"""
