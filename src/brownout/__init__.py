"""Brownout puts a Claude client's timeouts, retries and circuit breakers through an incident.

One scenario file describes the incident, one client file describes a resilience configuration;
Brownout plays every configuration through every incident and says which holds, by how much, and
how sure it is. What is listed in ``__all__`` is the public API; everything else is free to change.
"""

__all__ = ["__version__"]

__version__ = "0.1.0"
