"""A command as a contestant: a process for each call, over real sockets, whatever language it is written in."""
