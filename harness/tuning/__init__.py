"""Finds the values of a client file that hold best: which are open is said in the file, `{tune: 15s..180s}`."""
