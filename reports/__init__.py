"""Says what a run found: console, HTML, Markdown, JUnit, JSON and more, one file a format.

A report is a pure function of the results of a run, so every format shows the same numbers.
Imports ``brownout.harness``; knows nothing of the command line.
"""
