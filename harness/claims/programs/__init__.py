"""Code that a reader of the guide would write, around the official SDK as it is."""
