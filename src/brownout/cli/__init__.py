"""The command line: commands and exit codes. Imports nothing heavy; each command's work is in `commands`.

Exit codes: 0; 1 a scenario could not be run; 2 usage or file error; 3 an error of the harness; 5 nothing ran, or
nothing could be decided; 99 an objective or a gate was missed, or the doctor found an error; 130 interrupted.
"""

from .entry import group, main

__all__ = ["group", "main"]
