"""What is exported, as text: it is formatted, typed, whole, and nothing in it is for nothing."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from brownout.harness.client import Client
from brownout.harness.exporting import LANGUAGES, NotExportable, export
from brownout.harness.files import load, loads
from brownout.harness.policies.budgets import BUDGETS
from brownout.harness.policies.layers import LAYERS as KNOWN
from brownout.scenarios import known_clients

from .variants import CHANCES, TYPESCRIPT, VARIANTS, client_of

SHIPPED = {name: load(path, Client) for name, path in known_clients().items()}
PYTHON = SHIPPED | VARIANTS | CHANCES
REFUSED = {"throttle", "rate_limiter", "resume"}
"""Layers for which there is no code."""
OWNERS = {"Claude", "BlockingClaude"}
"""What is for those who own the code, and used by nothing in it."""


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with every client in Python."""
    folder = tmp_path_factory.mktemp("written")
    for name, client in PYTHON.items():
        (folder / f"{name.replace('-', '_')}.py").write_text(export(client, "python"), encoding="utf-8")
    return folder


def run(tool: str, *options: str, folder: Path) -> None:
    done = subprocess.run([sys.executable, "-m", tool, *options, "."], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_python_is_formatted_and_clean(written: Path) -> None:
    """As a formatter does by default that knows nothing of us; no import is unused, no line too long."""
    run("ruff", "format", "--isolated", "--check", folder=written)
    rules = "--select=E,F,W,I,B,C4,PERF,RET,SIM,UP"
    run("ruff", "check", "--isolated", rules, "--ignore=PERF203,RET504", folder=written)


@pytest.mark.slow
def test_python_is_typed(written: Path) -> None:
    run("mypy", "--strict", "--config-file=", folder=written)


@pytest.mark.parametrize("name", PYTHON)
def test_nothing_in_it_is_for_nothing(written: Path, name: str) -> None:
    """Every class, function, method and field is used somewhere."""
    text = (written / f"{name.replace('-', '_')}.py").read_text(encoding="utf-8")
    words = Counter(re.findall(r"\w+", text))
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and node.name not in OWNERS:
            assert words[node.name] > 1, node.name
            fields = [each.target.id for each in node.body if isinstance(each, ast.AnnAssign)]  # type: ignore[union-attr]
            methods = [each.name for each in node.body if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)]
            assert [each for each in (*fields, *methods) if not each.startswith("__") and words[each] < 2] == []
        elif isinstance(node, ast.FunctionDef) and node in tree.body:
            assert words[node.name] > 1, node.name


@pytest.mark.parametrize("name", TYPESCRIPT)
def test_nothing_is_left_out_of_typescript(name: str) -> None:
    """Each layer of the file is made, in its order; the compiler sees that all that is there is used."""
    text = export(TYPESCRIPT[name], "typescript")
    wanted = [layer.name for layer in TYPESCRIPT[name].layers]
    called = {"deadline": "limit", "attempt_timeout": "limit"}
    listing = text.partition("// outermost first")[2].partition("send(")[0]
    made = re.findall(r"^        (\w+?)2?\(", listing, re.MULTILINE)
    around = [called.get(each, each) for each in wanted if each in LANGUAGES["typescript"].snippets("layers")]
    assert made == around
    limits = {"first_byte": "firstByte", "first_token": "firstToken", "content_gap": "contentGap"}
    assert all((limit in text) is (name in wanted) for name, limit in limits.items())


@pytest.mark.parametrize("to", LANGUAGES)
def test_what_is_simple_stays_short(to: str) -> None:
    """There is no breaker where the file has none, and no retry."""
    simple, full = (export(SHIPPED[name], to) for name in ("no-retry", "chat"))
    for word in ("breaker", "retry", "budget", "jitter"):
        assert word not in simple.lower().partition("import ")[2].replace("may be tried again", "")
    assert len(simple.splitlines()) < 230 < len(full.splitlines()) < 480


@pytest.mark.parametrize("to", LANGUAGES)
def test_it_is_the_same_every_time(to: str) -> None:
    for client in SHIPPED.values():
        assert export(client, to) == export(client, to)


@pytest.mark.parametrize("to", LANGUAGES)
def test_every_layer_and_budget_is_exported_or_refused(to: str) -> None:
    """None is left out in silence; what is refused is named."""
    there = {*LANGUAGES[to].snippets("layers"), "first_byte", "first_token", "content_gap", "sdk"}
    assert there | REFUSED == set(KNOWN)
    assert set(LANGUAGES[to].snippets("budgets")) == set(BUDGETS)
    for name in REFUSED:
        client = loads(f"name: mine\nlayers: [{{{name}: {KNOWN[name].example}}}, sdk]\n".replace("'", '"'), Client)
        with pytest.raises(NotExportable, match=f'cannot be exported to {to}: "{name}"'):
            export(client, to)


@pytest.mark.parametrize(
    ("layers", "why"),
    {
        "fallback: {to: [{endpoint: 'https://other.example'}]}": '"fallback" with an "endpoint"',
        "breaker: {per: model}": '"breaker" with per: model',
        "hedge: {after: 1s, hedges: 2, share: 10%}": '"hedge" with a "share" with more than one',
        "retry: {on: [in_stream_error, stream_before_text]}": '"in_stream_error" where "retry"',
    }.items(),
)
@pytest.mark.parametrize("to", LANGUAGES)
def test_a_setting_without_code_is_refused(to: str, layers: str, why: str) -> None:
    with pytest.raises(NotExportable) as refused:
        export(client_of("mine", layers), to)
    assert why in str(refused.value)


def test_a_language_cannot_do_what_its_sdk_cannot() -> None:
    with pytest.raises(NotExportable, match="export it as typescript"):
        export(client_of("mine", language="typescript"), "python")
    with pytest.raises(NotExportable, match="connect_timeout"):
        export(VARIANTS["tells-timeouts-apart"], "typescript")
    with pytest.raises(NotExportable, match='unknown language "pyhton", did you mean "python"'):
        export(SHIPPED["chat"], "pyhton")


def test_a_profile_is_an_export_of_its_own() -> None:
    background, base = (export(SHIPPED["budgeted"], "python", profile=profile) for profile in ("background", ""))
    assert "seconds=290.0" in background
    assert "read=200.0" in background
    assert "Background calls of the client `budgeted`" in background
    assert "--profile background" in base.partition('"""\n\nfrom')[0]
    with pytest.raises(NotExportable, match="no profile"):
        export(SHIPPED["budgeted"], "python", profile="chat")


def test_no_text_of_a_file_becomes_code() -> None:
    """Whatever is written about a client, and whatever a model is called."""
    about = 'ends """ and */ and \\\\ so'
    model = 'a"b\\\\c'
    client = client_of("mine", "fallback: {to: [{model: x}]}").model_copy(update={"about": about})
    fallback = client.layers[0]
    to = fallback.to[0].model_copy(update={"model": model})  # type: ignore[attr-defined]
    client = client.model_copy(update={"layers": (fallback.model_copy(update={"to": (to,)}), client.layers[1])})
    tree = ast.parse(export(client, "python"))
    assert about in (ast.get_docstring(tree) or "")
    assert model in [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    assert export(client, "typescript").count("*/\n\nimport") == 1
    assert "and * / and" in export(client, "typescript")
