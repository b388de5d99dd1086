"""The same files on three backends: the simulator, the real SDK in virtual time, and the real SDK on real sockets."""
