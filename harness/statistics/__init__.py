"""How sure a figure is. The unit of replication is the run (one seed): requests within a run depend on each other.

`summary` and `student` need no numpy and are named here; the rest is imported from its module: `bootstrap` (the mean
of a figure a run), `pooled` (quantiles of all calls), `randomization` (is there a difference at all), `holm` (many
such questions at once), `ranking` (who is best, and how many runs it takes to say so). Pure functions throughout:
equal values give equal answers, for what is resampled is drawn by label (`resampling`).
"""

from .student import student, t_point
from .summary import Interval, median

__all__ = ["Interval", "median", "student", "t_point"]
