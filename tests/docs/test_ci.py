"""The page on CI: its rules are rules, its codes are those of the command line, its Python runs."""

from __future__ import annotations

import re
from pathlib import Path

import brownout.cli
from brownout.harness.rules import DEFAULTS, parse
from brownout.harness.statistics.difference import fewest_runs
from brownout.harness.statistics.permutation import EXACT_TO

PAGE = (Path(__file__).resolve().parents[2] / "docs/ci.md").read_text(encoding="utf-8")


def test_its_rules_are_rules() -> None:
    shown = re.findall(r"[`']([a-z0-9_()]+ worse [^`']+)[`']", PAGE)
    assert len(shown) > 8
    assert [str(parse(rule)) for rule in shown] == shown
    assert "Without it the rules are " + " and ".join(f"`{rule}`" for rule in DEFAULTS) in PAGE


def test_its_codes_are_those_of_the_command_line() -> None:
    codes = re.findall(r"^\| ([0-9]+) \|", PAGE, re.MULTILINE)
    assert brownout.cli.__doc__ is not None
    told = brownout.cli.__doc__.partition("Exit codes: ")[2]
    assert codes == re.findall(r"\b[0-9]+\b", told)


def test_the_seeds_that_it_takes() -> None:
    assert [fewest_runs(comparisons, True) for comparisons in (1, 2, 60)] == [5, 6, 11]
    assert "one comparison needs 5 seeds that are the same in both runs, two need 6, sixty need 11" in PAGE
    assert f"{EXACT_TO:,} divisions" in PAGE


def test_its_python_runs() -> None:
    [example] = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    exec(compile(example, "docs/ci.md", "exec"), {})
