"""Incidents and client configurations that come with Brownout, as YAML files.

They are data, with a tiny accessor that finds them by name; reading and checking them is the
harness's work. Imports no other folder of ours.
"""
