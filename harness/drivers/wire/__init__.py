"""The wire: the real SDK over real sockets against the fake, in one event loop on the wall clock."""
