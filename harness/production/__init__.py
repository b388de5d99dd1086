"""The same layers around an application's own SDK client: the engine's ports to the SDK, and a face that is the SDK's.

The objects that decide are those that were tried out in the simulator. Nothing here knows a scenario or the fake.
"""
