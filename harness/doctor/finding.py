"""What the doctor finds, as frozen records."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

Severity: TypeAlias = Literal["error", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")
"""The gravest first."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where it stands, line and column counted from 1; both are None for what is in no file."""

    path: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}" if self.line else self.path


@dataclass(frozen=True, slots=True)
class Proof:
    """What the simulator was seen to do with this client, and whether that is what the finding says."""

    seen: str
    holds: bool


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with a client."""

    id: str
    severity: Severity
    client: str
    profile: str
    """The kind of call whose stack it is in; empty for the client's own."""
    what: str
    fix: str
    where: Place
    proof: Proof | None = None

    def plain(self) -> dict[str, Any]:
        """For JSON; keys are only ever added."""
        proof = None if self.proof is None else {"seen": self.proof.seen, "holds": self.proof.holds}
        where = {"path": self.where.path, "line": self.where.line, "column": self.where.column}
        return {
            "id": self.id,
            "severity": self.severity,
            "client": self.client,
            "profile": self.profile or None,
            "what": self.what,
            "fix": self.fix,
            **where,
            "proof": proof,
        }


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """All that was found, the gravest first."""

    client: str
    scenario: str
    """Empty where it was looked at without one."""
    findings: tuple[Finding, ...]

    def count(self, severity: Severity) -> int:
        """How many findings are of that severity."""
        return Counter(finding.severity for finding in self.findings)[severity]

    @property
    def verdict(self) -> str:
        """One line."""
        counts = [(name, self.count(name)) for name in SEVERITIES]
        told = ", ".join(f"{n} {name}{'s' if n > 1 else ''}" for name, n in counts if n)
        where = f"{self.client} with {self.scenario}" if self.scenario else self.client
        return f"{told} in {where}" if told else f"{where}: nothing found"

    def plain(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "client": self.client,
            "scenario": self.scenario or None,
            "verdict": self.verdict,
            **{f"{name}s": self.count(name) for name in SEVERITIES},
            "findings": [finding.plain() for finding in self.findings],
        }
