"""The fake on a real loopback socket: bytes, connections and the wall clock. The brain is the endpoint's."""
