"""Whether a service comes back once the trouble is over, and up to which load: metastability, by client."""
