"""`brownout doctor`: what is wrong with a client, read in its file, and shown by the simulator if asked for."""

from __future__ import annotations

import json

from brownout.harness.doctor.examine import examine
from brownout.harness.doctor.finding import Diagnosis, Finding
from brownout.harness.files import FileError
from brownout.harness.importing import NotFound
from brownout.harness.printable import escaped
from brownout.harness.sources import UnknownName, scenario

from .loading import FilesRefused
from .playing import Missed
from .writing import tell


def doctor(client: str, named: str | None, prove: bool, kind: str) -> None:
    """Exits 99 if there is an error among the findings, 2 for files that cannot be used."""
    problems = []
    incident = None
    try:
        incident = None if named is None else scenario(named).value
    except (FileError, UnknownName) as error:
        problems.append(str(error))
    try:
        found = examine(client, incident, prove=prove)
    except (FileError, UnknownName, NotFound) as error:
        problems.append(str(error))
    if problems:
        raise FilesRefused("\n".join(problems))
    tell(json.dumps(found.plain(), indent=2, ensure_ascii=False) if kind == "json" else text_of(found))
    if found.count("error"):
        raise Missed


def text_of(found: Diagnosis) -> str:
    """The verdict, and a paragraph for each finding."""
    return "\n\n".join([found.verdict, *map(_told, found.findings)])


def _told(finding: Finding) -> str:
    where = f"{finding.where} ({finding.profile})" if finding.profile else str(finding.where)
    lines = [f"{finding.severity}: {finding.id}, {where}", f"  {finding.what}", f"  Fix: {finding.fix}"]
    if finding.proof is not None:
        lines.append(f"  {'Seen' if finding.proof.holds else 'NOT SHOWN'}: {finding.proof.seen}")
    return "\n".join(map(escaped, lines))
