"""The service as HTTP clients know it: requests read, plans played as bytes. Not how the bytes travel."""
