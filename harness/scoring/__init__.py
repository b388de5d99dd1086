"""From cells to a verdict: figures over seeds, clients ranked, objectives judged; how far apart, and how sure."""

from __future__ import annotations

from .ablation import layers
from .figures import Figures
from .gate import gate
from .judging import judge
from .members import with_members
from .played import Unplayable, check_played
from .provisos import provisos
from .rows import ranked, rows
from .standings import pairs, standings
from .telling import waterfalls
from .verdicts import few_seeds, of_comparison, of_objectives
from .views import drawn

__all__ = [
    "Figures",
    "Unplayable",
    "check_played",
    "drawn",
    "few_seeds",
    "gate",
    "judge",
    "layers",
    "of_comparison",
    "of_objectives",
    "pairs",
    "provisos",
    "ranked",
    "rows",
    "standings",
    "waterfalls",
    "with_members",
]
