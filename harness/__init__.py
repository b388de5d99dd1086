"""Plays client configurations through incidents, and measures what came of it.

Here are the schemas of scenarios and clients, the policies, the drivers, the ledger, the metrics,
and the runs and sweeps built on them. Imports ``brownout.fakes`` and ``brownout.scenarios``; knows
nothing of reports or of the command line.
"""
