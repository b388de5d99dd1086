"""`brownout init` and `brownout schema`: files to start from that load, teach and tell no secrets."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import SimpleNamespace

import anthropic
import httpx
import pytest

from brownout.harness.client import Client
from brownout.harness.files import json_schema, load
from brownout.harness.real_client import settings
from brownout.harness.scenario import Scenario

from .command import Here, brownout

KEY = "a-secret-that-nobody-may-see"
FILES = ("scenario.yaml", "client.yaml", ".brownout/scenario.schema.json", ".brownout/client.schema.json")


@pytest.mark.parametrize(("kind", "model"), [("scenario", Scenario), ("client", Client)])
def test_schemas(here: Here, kind: str, model: type[Scenario | Client]) -> None:
    said = here("schema", kind)
    assert (said.code, said.err) == (0, "")
    assert json.loads(said.out) == json_schema(model)


def test_a_schema_of_nothing(here: Here) -> None:
    said = here("schema", "clint")
    assert (said.code, said.out) == (2, "")
    assert "'clint' is not one of 'scenario', 'client'" in said.err


def test_what_is_written_can_be_used_at_once(here: Here) -> None:
    """It loads, an editor finds the schemas, the next command is named, and a run succeeds."""
    said = here("init", "new")
    assert said == (
        0,
        "Wrote new/scenario.yaml\nWrote new/client.yaml\nNext: brownout run -s new/scenario.yaml -c new/client.yaml\n",
        "",
    )
    assert sorted(str(path.relative_to("new")) for path in Path("new").rglob("*.*") if path.is_file()) == sorted(FILES)
    assert len(load("new/scenario.yaml", Scenario).objectives) == 3
    assert load("new/client.yaml", Client).model_dump(exclude={"name", "about"}) == Client(name="x").model_dump(
        exclude={"name", "about"}
    )
    for kind, model in (("scenario", Scenario), ("client", Client)):
        text = Path("new", f"{kind}.yaml").read_text(encoding="utf-8")
        line, _, rest = text.partition("\n")
        assert line == f"# yaml-language-server: $schema=.brownout/{kind}.schema.json"
        assert json.loads(Path("new", line.partition("=")[2]).read_text(encoding="utf-8")) == json_schema(model)
        assert "brownout run -s new/scenario.yaml -c new/client.yaml\n" in rest
        assert max(map(len, text.splitlines())) <= 120
    words = ("compare", "-s", "new/scenario.yaml", "-c", "new/client.yaml", "--seeds", "1", "--workers", "1")
    assert here(*words).code == 0


def test_what_is_commented_out_can_be_used_too(here: Here) -> None:
    """Taking the comment signs away is all it takes."""
    here("init", ".")
    text = Path("client.yaml").read_text(encoding="utf-8")
    text = (
        text.replace("  # - ", "  - ").replace("# profiles:", "profiles:").replace("#   background:", "  background:")
    )
    Path("client.yaml").write_text(text, encoding="utf-8")
    client = load("client.yaml", Client)
    assert [type(layer).name for layer in client.layers] == ["deadline", "content_gap", "retry", "sdk"]
    assert client.timeouts_of("background").read == 180.0


def test_nothing_is_overwritten_unless_forced(here: Here) -> None:
    Path("client.yaml").write_text("precious", encoding="utf-8")
    said = here("init")
    assert (said.code, said.out) == (2, "")
    assert said.err.endswith("Error: client.yaml exists already; --force overwrites\n")
    assert Path("client.yaml").read_text(encoding="utf-8") == "precious"
    assert not Path("scenario.yaml").exists()
    assert not Path(".brownout").exists()
    assert here("init", "--force").code == 0
    assert load("client.yaml", Client).name == "mine"


def test_a_folder_that_cannot_be_written(here: Here) -> None:
    Path("taken").write_text("", encoding="utf-8")
    said = here("init", "taken/deep")
    assert (said.code, said.out, said.err) == (2, "", "Error: cannot write to taken/deep: not a directory\n")


PROGRAM = f"""\
import anthropic, httpx2
KEY = "{KEY}"
plain = anthropic.Anthropic(api_key=KEY)
number = anthropic.AsyncAnthropic(api_key=KEY, timeout=20, max_retries=0)
endless = anthropic.Anthropic(api_key=KEY, timeout=None, max_retries=9)
four = anthropic.Anthropic(api_key=KEY, timeout=httpx2.Timeout(30, connect=1.5, read=None))
def make(): return four
def broken(): raise RuntimeError(KEY)
async def later(): return four
class Holder: client = number
zero = anthropic.Anthropic(api_key=KEY, timeout=0)
"""


@pytest.mark.parametrize(
    ("name", "timeouts", "retries"),
    [
        ("plain", (5, 600, 600, 600), 2),
        ("number", (20, 20, 20, 20), 0),
        ("endless", (86_400, 86_400, 86_400, 86_400), 9),
        ("four", (1.5, 86_400, 30, 30), 2),
        ("make", (1.5, 86_400, 30, 30), 2),
        ("Holder.client", (20, 20, 20, 20), 0),
    ],
)
def test_a_client_as_the_program_has_it(here: Here, name: str, timeouts: tuple[float, ...], retries: int) -> None:
    """Every form the SDK takes; where it is from is said, and the key is nowhere."""
    Path("app").mkdir()
    Path("app/llm_of_init.py").write_text(PROGRAM, encoding="utf-8")
    origin = f"app/llm_of_init.py:{name}"
    said = here("init", "--from", origin)
    assert (said.code, said.err) == (0, "")
    client = load("client.yaml", Client)
    assert (tuple(client.timeouts.timeouts()), client.sdk.max_retries) == (timeouts, retries)
    text = Path("client.yaml").read_text(encoding="utf-8")
    assert f"# From {origin} (" in text
    assert text.count("a day stands for that") == timeouts.count(86_400)
    everything = "".join(path.read_text(encoding="utf-8") for path in map(Path, FILES))
    assert KEY not in everything + said.out + said.err


def test_the_older_librarys_timeouts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """SDKs before 1.0 stand on httpx; the installed one only takes its object afterwards."""
    client = anthropic.Anthropic(api_key=KEY)
    client.timeout = httpx.Timeout(30, pool=0.25)
    monkeypatch.setitem(sys.modules, "module_of_init", SimpleNamespace(client=client))
    assert settings("module_of_init:client").timeouts == (30, 30, 30, 0.25)


def test_a_module_by_its_name(here: Here, tmp_path: Path) -> None:
    """Found where the command runs, as `python -m` would; through the real command."""
    Path("app").mkdir()
    Path("app/helper.py").write_text("SECONDS = 7\n", encoding="utf-8")
    text = "import anthropic\nfrom .helper import SECONDS\nclient = anthropic.Anthropic(timeout=SECONDS)\n"
    Path("app/llm.py").write_text(text, encoding="utf-8")
    assert brownout("init", "--from", "app.llm:client", cwd=tmp_path).code == 0
    assert load("client.yaml", Client).timeouts.read == 7.0


@pytest.mark.parametrize(
    ("origin", "message"),
    [
        ("app.py", 'expected a module and a name in it such as "app.llm:client", got "app.py"'),
        ("nowhere_at_all:client", 'there is no module "nowhere_at_all" here; a file is named as path/to/file.py:name'),
        ("nowhere.py:client", "nowhere.py: no such file"),
        ("prog.py:plian", 'prog.py has no "plian", did you mean "plain"?'),
        ("prog.py:KEY", "prog.py:KEY is of type str: expected an anthropic.Anthropic or AsyncAnthropic, or a function"),
        ("prog.py:later", "prog.py:later is of type coroutine: expected an anthropic.Anthropic"),
        ("prog.py:broken", "calling prog.py:broken raised RuntimeError (prog.py, line 8)"),
        ("prog.py:zero", "the connect timeout of prog.py:zero is 0: every request would fail"),
        ("wrong.py:client", "importing wrong.py raised KeyError (wrong.py, line 1)"),
        ("syntax.py:client", "importing syntax.py raised SyntaxError in line 1"),
        ("needy.py:client", "needy.py imports not_to_be_had, which is not installed here"),
        ("exits.py:client", "importing exits.py raised SystemExit (exits.py, line 1)"),
    ],
)
def test_no_client_there(here: Here, origin: str, message: str) -> None:
    """Exit code 2, a hint, nothing written, and no word of what the program says."""
    programs = {
        "prog": PROGRAM,
        "wrong": f"{{}}['{KEY}']\n",
        "syntax": f"'{KEY}' '\n",
        "needy": "import not_to_be_had\n",
        "exits": f"raise SystemExit('{KEY}')\n",
    }
    for name, text in programs.items():
        Path(f"{name}.py").write_text(text, encoding="utf-8")
    said = here("init", "--from", origin)
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith(f"Error: --from: {message}")
    assert KEY not in said.err
    assert not Path("client.yaml").exists()
