"""Files users write: every error at its line and column, all at once, and never a crash."""

from __future__ import annotations

import json
import math
import pickle
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    field_validator,
    model_validator,
)

from brownout.fakes.units import Duration, Share, seconds, share
from brownout.harness.files import (
    FileError,
    LocatedError,
    LocatedErrors,
    Problem,
    by_kind,
    json_schema,
    load,
    loads,
    one_key,
    parse,
    read,
)


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Layer(Strict):
    pass


class Backoff(Strict):
    base: Duration = 2.0
    factor: Annotated[float, Field(ge=1)] = 2.0
    jitter: Literal["none", "full"] | Duration = "none"


class Retry(Layer):
    """Tries again."""

    retries: int = 2
    backoff: Backoff = Backoff()
    on: tuple[Literal["timeout", "connection"], ...] = ("timeout",)


class Deadline(Layer):
    total: Annotated[Duration, Field(gt=0)]

    @model_validator(mode="after")
    def _not_for_ever(self) -> Deadline:
        if self.total > 3600:
            raise LocatedError("nobody waits that long", "total")
        return self


class Stall(Strict):
    """Nothing more comes."""

    kind: Literal["stall"] = "stall"
    length: Annotated[Duration | None, Field(alias="for")] = None


class Refuse(Strict):
    at: Literal["connect"] = "connect"
    share: Share = 1.0


class Cat(Strict):
    pet: Literal["cat"]
    lives: int


class Dog(Strict):
    pet: Literal["dog"]
    tricks: list[str]


LAYERS: dict[str, type[BaseModel]] = {"retry": Retry, "deadline": Deadline}
FAULTS: dict[str, type[BaseModel]] = {"stall": Stall, "refuse": Refuse}


class Client(Strict):
    """How one client behaves."""

    name: str
    about: str = ""
    layers: list[Annotated[Layer, one_key(LAYERS, "layer")]] = Field(default_factory=list)
    faults: list[Annotated[BaseModel, by_kind(FAULTS, "fault")]] = Field(default_factory=list)
    stream: bool = False
    codes: dict[int, Share] = Field(default_factory=dict)
    pet: Annotated[Cat | Dog, Field(discriminator="pet")] | None = None
    either: Cat | Dog | int | None = None
    spare: Annotated[Layer, one_key(LAYERS, "layer")] | None = None
    even: int = 0

    @field_validator("even")
    @classmethod
    def _is_even(cls, value: int) -> int:
        if value % 2:
            raise ValueError(f"{value} is odd")
        return value

    @model_validator(mode="after")
    def _cross(self) -> Client:
        errors = [
            LocatedError(f"layer {index + 1} of a client without a name", "layers", index, on_key=True)
            for index in range(len(self.layers))
            if not self.name
        ]
        if errors:
            raise LocatedErrors(*errors, LocatedError("give it a name", "name"))
        if self.stream and "stall" in self.about:
            raise LocatedError("says it stalls", "about", on_key=True)
        return self


class Anything(BaseModel):
    data: Any


def _upper(text: str) -> str:
    if not text.isupper():
        raise ValueError("not in capitals")
    return text


class Odd(Strict):
    """Things no schema of ours holds, but somebody's may."""

    made: Callable[[], object] | None = None  # has no JSON Schema
    day: date | None = None
    mixed: Annotated[str, AfterValidator(_upper)] | int | None = None
    many: Annotated[tuple[int, ...], Field(min_length=2)] | None = None
    more: Annotated[tuple[int, ...], Field(min_length=1)] = (1,)


BROKEN: dict[str, tuple[str, str]] = {
    "unknown keys": (
        """\
nam: guide
streem: true
colour: red
""",
        """\
f.yaml:1:1: unknown key "nam", did you mean "name"?
f.yaml:2:1: unknown key "streem", did you mean "stream"?
f.yaml:3:1: unknown key "colour"; known: "about", "codes", "either", "even", "faults", "layers", "name", \
"pet", "spare", "stream\"""",
    ),
    "units": (
        """\
name: guide
layers:
  - deadline: {total: 300}
  - deadline:
      total: 5 minutes
  - deadline: {total: 0s}
  - retry: {backoff: {base: -1s, factor: 0.5}}
codes: {429: 30, 500: 130%}
""",
        """\
f.yaml:3:23: expected a duration such as "10s", got 300; write "300s"
f.yaml:5:14: expected a duration such as "10s", got "5 minutes"; write "5m"
f.yaml:6:23: expected more than 0, got "0s"
f.yaml:7:29: expected a duration such as "10s", got "-1s"; it cannot be negative
f.yaml:7:42: expected 1 or more, got 0.5
f.yaml:8:14: expected a share from "0%" to "100%", got 30; write "30%"
f.yaml:8:23: expected a share from "0%" to "100%", got "130%\"""",
    ),
    "plain types": (
        """\
name: 017
about: [a]
layers: {retry: {}}
stream: 3
codes: [1]
even: 2.5
""",
        """\
f.yaml:1:7: expected text, got 017; write "017"
f.yaml:2:8: expected text, got a list of 1
f.yaml:3:9: expected a list, got a mapping
f.yaml:4:9: expected true or false, got 3
f.yaml:5:8: expected a mapping, got a list of 1
f.yaml:6:7: expected a whole number, got 2.5""",
    ),
    "true is no number": (
        """\
name: guide
even: true
layers:
  - retry: {retries: false}
stream: true
""",
        """\
f.yaml:2:7: expected a number, got true
f.yaml:4:22: expected a number, got false""",
    ),
    "layers": (
        """\
name: guide
layers:
  - retyr: {retries: 3}
  - hedge
  - retry: {retires: 3}
    deadline: {total: 3s}
  - retry:
      retires: 3
      backoff: {bass: 1s}
  - deadline
  - deadline:
  - deadline: {totl: 3s}
  - 7
  - {}
  -
  - retry: 5
""",
        """\
f.yaml:3:5: unknown layer "retyr", did you mean "retry"?
f.yaml:4:5: unknown layer "hedge"; known: "deadline", "retry"
f.yaml:6:5: "deadline" is a second key, and one layer has one; add a "- "
f.yaml:8:7: unknown key "retires", did you mean "retries"?
f.yaml:9:17: unknown key "bass", did you mean "base"?
f.yaml:10:5: missing key "total"
f.yaml:11:5: missing key "total"
f.yaml:12:16: unknown key "totl", did you mean "total"?
f.yaml:13:5: expected one layer, got 7
f.yaml:14:5: expected one layer, got an empty mapping
f.yaml:15:4: expected one layer, got nothing
f.yaml:16:12: expected a mapping, got 5""",
    ),
    "a layer alone": (
        """\
name: guide
spare:
  dedline: {total: 3s}
""",
        'f.yaml:3:3: unknown layer "dedline", did you mean "deadline"?',
    ),
    "faults": (
        """\
name: guide
faults:
  - {kind: stll}
  - kind: stall
    for: 3
  - {kind: refuse, shar: 30%}
  - {share: 30%}
  - stall
  - [stall]
  - {kind: 3}
  - {kind: refuse, at: conect}
""",
        """\
f.yaml:3:12: unknown fault "stll", did you mean "stall"?
f.yaml:5:10: expected a duration such as "10s", got 3; write "3s"
f.yaml:6:20: unknown key "shar", did you mean "share"?
f.yaml:7:5: missing key "kind"
f.yaml:8:5: expected one fault, got "stall"; write {kind: stall}
f.yaml:9:5: expected one fault, got a list of 1
f.yaml:10:12: expected the name of one fault, got 3
f.yaml:11:24: expected "connect", got "conect", did you mean "connect"?""",
    ),
    "choices": (
        """\
name: guide
layers:
  - retry:
      backoff: {jitter: fulll}
      on:
        - timeout
        - conection
        - 3
  - retry: {backoff: {jitter: 3}}
""",
        """\
f.yaml:4:25: expected "none", "full" or a duration such as "10s", got "fulll", did you mean "full"?
f.yaml:7:11: expected "timeout" or "connection", got "conection", did you mean "connection"?
f.yaml:8:11: expected "timeout" or "connection", got 3
f.yaml:9:31: expected "none", "full" or a duration such as "10s", got 3; write "3s\"""",
    ),
    "unions told apart by a key": (
        """\
name: guide
pet: {pet: cta, lives: 9}
""",
        'f.yaml:2:12: unknown pet "cta", did you mean "cat"?',
    ),
    "inside a union told apart by a key": (
        """\
name: guide
pet:
  pet: cat
  lives: nine
  tail: true
""",
        """\
f.yaml:4:10: expected a whole number, got "nine"
f.yaml:5:3: unknown key "tail"; known: "lives", "pet\"""",
    ),
    "a union's key is missing": (
        "name: guide\npet: {lives: 9}\n",
        'f.yaml:2:6: missing key "pet"',
    ),
    "the nearest of a union": (
        "name: guide\neither: {pet: dog, tricks: sit}\n",
        'f.yaml:2:28: expected a list, got "sit"',
    ),
    "none of a union": (
        "name: guide\neither: dog\n",
        'f.yaml:2:9: expected a mapping or a whole number, got "dog"',
    ),
    "keys": (
        """\
name: guide
codes: {429: 10%, many: 3%}
[a, b]: c
""",
        """\
f.yaml:2:19: expected a whole number, got "many"
f.yaml:3:1: a key must be text, not a list or mapping""",
    ),
    "equal keys": (
        """\
name: guide
layers:
  - retry: {retries: 1, "retries": 2}
name: other
429: a
"429": b
""",
        """\
f.yaml:3:25: key "retries" is already in line 3
f.yaml:4:1: key "name" is already in line 1
f.yaml:5:1: unknown key "429"; known: "about", "codes", "either", "even", "faults", "layers", "name", \
"pet", "spare", "stream"
f.yaml:6:1: key "429" is already in line 5""",
    ),
    "tags": (
        """\
name: !!python/object/apply:os.system [echo]
about: !include other.yaml
even: !!str 2
stream: !!bool yes
""",
        """\
f.yaml:1:7: the tag "!!python/object/apply:os.system" has no meaning here
f.yaml:2:8: the tag "!include" has no meaning here
f.yaml:4:9: the tag "!!bool" has no meaning here""",
    ),
    "aliases": (
        """\
name: *nobody
layers: &all
  - retry
  - *all
faults:
  - &bad {kind: stall, for: 3}
  - *bad
about: *all
spare:
  <<: [*all, *none]
""",
        """\
f.yaml:1:7: nothing above is named "&nobody"
f.yaml:4:5: "*all" stands inside what it stands for
f.yaml:6:29: expected a duration such as "10s", got 3; write "3s"
f.yaml:8:8: expected text, got a list of 2
f.yaml:10:3: expected one layer, got an empty mapping
f.yaml:10:8: only mappings can be merged with "<<"
f.yaml:10:14: nothing above is named "&none\"""",
    ),
    "merged keys stand where they were written": (
        """\
name: guide
layers:
  - retry: &base {retries: x, retires: 1}
  - retry: {<<: *base, on: [timeout]}
""",
        """\
f.yaml:3:28: expected a whole number, got "x"
f.yaml:3:31: unknown key "retires", did you mean "retries"?""",
    ),
    "validators": (
        """\
name: guide
even: 3
layers:
  - deadline: {total: 2h}
""",
        """\
f.yaml:2:7: 3 is odd
f.yaml:4:23: nobody waits that long""",
    ),
    "several from one validator": (
        """\
layers:
  - retry
  - deadline: {total: 1s}
name: ''
""",
        """\
f.yaml:2:5: layer 1 of a client without a name
f.yaml:3:5: layer 2 of a client without a name
f.yaml:4:7: give it a name""",
    ),
    "a key, not its value": (
        "name: guide\nstream: true\nabout: stalls\n",
        "f.yaml:3:1: says it stalls",
    ),
    "no mapping": ("- name: guide\n", "f.yaml:1:1: expected a mapping, got a list of 1"),
    "a text": ("name\n", 'f.yaml:1:1: expected a mapping, got "name"'),
    "nothing": ("", "f.yaml:1:1: the file is empty"),
    "comments only": ("# later\n\n", "f.yaml:1:1: the file is empty"),
    "two documents": (
        "name: guide\n---\nname: other\n",
        "f.yaml:2:1: a file holds one document, and here starts another",
    ),
    "a tab": ("name: guide\nlayers:\n\t- retry\n", "f.yaml:3:1: a tab cannot stand here; indent with spaces"),
    "a colon": (
        "name: guide\nabout: note: this\n",
        'f.yaml:2:12: a ":" cannot stand here; quote the text or fix the indent',
    ),
    "a wrong indent": (
        "layers:\n    - retry\n  - deadline\n",
        "f.yaml:3:3: fits nothing above it; check indent and quotes",
    ),
    "an open list": (
        "name: guide\nlayers: [retry\nabout: x\n",
        'f.yaml:3:6: expected "," or "]" for what line 2 opens',
    ),
    "an open quote": (
        'name: guide\nabout: "never\nends\n',
        "f.yaml:4:1: the quoted text of line 2 has no end",
    ),
    "no colon": ("name guide\nabout: x\n", 'f.yaml:2:6: a ":" cannot stand here; quote the text or fix the indent'),
    "a reserved character": ("name: @guide\n", 'f.yaml:1:7: text cannot start with "@"; quote it'),
    "a control character": ("name: guide\nabout: a\x07b\n", "f.yaml:2:9: '\\x07' cannot stand in a file"),
    "a wild escape": ('name: "\\UFFFFFFFF"\n', "f.yaml:1:5: not YAML from here on"),
    "half a character": ('name: "\\ud83d"\n', "f.yaml:1:7: half of a character: a lone surrogate is not text"),
    "a hostile key": (
        '"a\\nf.yaml:1:1: all is well\\e[2J": 1\nname: guide\n',
        'f.yaml:1:1: unknown key "a\\nf.yaml:1:1: all is well\\u001b[2J"; known: "about", "codes", "either", '
        '"even", "faults", "layers", "name", "pet", "spare", "stream"',
    ),
}


def complaints(text: str | bytes, model: type[BaseModel] = Client) -> str:
    with pytest.raises(FileError) as caught:
        loads(text, model, "f.yaml")
    return str(caught.value)


@pytest.mark.parametrize(("text", "message"), BROKEN.values(), ids=BROKEN)
def test_everything_wrong_is_said(text: str, message: str) -> None:
    """Each broken file yields exactly these lines, in order, each at its line and column."""
    assert complaints(text) == message


def test_a_model_beyond_json_schema() -> None:
    """Without a schema there is nothing to guess from; errors and places stay as good."""
    text = "maid: 1\nday: soon\nmixed: low\nmany: [1]\nmore: [x]\n" + "x" * 70 + ": 1\n*x : 1\n"
    assert complaints(text, Odd) == (
        'f.yaml:1:1: unknown key "maid"\n'
        'f.yaml:2:6: expected a valid date or datetime, input is too short, got "soon"\n'
        "f.yaml:3:8: not in capitals\n"
        "f.yaml:4:7: expected 2 or more, got a list of 1\n"
        'f.yaml:5:8: expected a whole number, got "x"\n'
        f'f.yaml:6:1: unknown key "{"x" * 40}...{"x" * 20}"\n'
        'f.yaml:7:1: nothing above is named "&x"'
    )


def test_a_good_file() -> None:
    """Layers by name, faults by kind, merge keys and numbers as keys become one model."""
    client = loads(
        """\
%YAML 1.2
---
name: guide          # a comment
about: 12:30
x-: &wait {base: 1s}
layers:
  - deadline: {total: 5m}
  - retry:
      retries: 017
      backoff: {<<: *wait, base: 3s}
  - retry: {backoff: *wait}
  - retry
  - retry:
faults:
  - {kind: stall, for: 1m30s}
  - {kind: refuse}
codes: {429: 30%}
""".replace("x-: &wait {base: 1s}\n", "spare: {retry: {backoff: &wait {base: 1s}}}\n"),
        Client,
    )
    assert client.about == "12:30"
    assert client.layers == [
        Deadline(total=seconds("5m")),
        Retry(retries=17, backoff=Backoff(base=seconds(3))),
        Retry(backoff=Backoff(base=seconds(1))),
        Retry(),
        Retry(),
    ]
    assert client.faults == [Stall.model_validate({"for": "90s"}), Refuse()]
    assert client.codes == {429: 0.3}


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("12:30", "12:30"),
        ("017", 17),
        ("0o17", 15),
        ("0x1F", 31),
        ("-12", -12),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("-.inf", -math.inf),
        ("2024-01-01", "2024-01-01"),
        ("yes", "yes"),
        ("NO", "NO"),
        ("True", True),
        ("~", None),
        ("", None),
        ("1_000", "1_000"),
        ('"1"', "1"),
        ("!!str 1", "1"),
        ("! 1", "1"),
        ("!!int 1", 1),
        ("!!map {a: !!seq [1]}", {"a": [1]}),
        ("0x" + "f" * 1000, "0x" + "f" * 1000),
        ('"\\ud83d\\ude00"', "\U0001f600"),
        ("{<<: {a: 1, b: 2}, a: 3}", {"a": 3, "b": 2}),
        ("{<<: [{a: 1}, {a: 2, b: 2}]}", {"a": 1, "b": 2}),
        ('{"<<": 1}', {"<<": 1}),
        ("{null: 1, true: 2, 3: 4}", {"null": 1, "true": 2, "3": 4}),
    ],
)
def test_scalars_mean_what_yaml_1_2_says(written: str, value: object) -> None:
    """No times as seconds, no octal by accident, no Norway; keys are text."""
    loaded = loads(f"data: {written}\n", Anything).data
    assert loaded == value
    assert type(loaded) is type(value)


def test_a_byte_order_mark_is_no_part_of_the_file() -> None:
    """Some editors write one; columns are counted without it."""
    assert loads(b"\xef\xbb\xbfname: guide\n", Client).name == "guide"
    assert complaints(b"\xef\xbb\xbfnam: guide\n").startswith('f.yaml:1:1: unknown key "nam"')


def test_columns_count_characters() -> None:
    """An editor's column: characters, not bytes."""
    message = 'f.yaml:1:20: expected true or false, got "\N{BLACK STAR}"'
    assert complaints("{name: \u00fc\U0001f600, stream: \u2605}") == message


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"name: guide\nabout: caf\xe9\n", "f.yaml:2:11: not UTF-8: byte 0xe9"),
        ("name: guide".encode("utf-16"), "f.yaml:1:1: not UTF-8 but UTF-16; save it as UTF-8"),
        (b"\x00", "f.yaml:1:1: '\\x00' cannot stand in a file"),
        (b"x" * (1 << 20) + b"x", "f.yaml: larger than 1 MiB"),
    ],
)
def test_bytes_that_are_no_text(data: bytes, message: str) -> None:
    """Other encodings, binary files and huge ones are named as such."""
    assert complaints(data) == message


def test_files_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever keeps a file from being read is a FileError with the path, and no line."""
    monkeypatch.chdir(tmp_path)
    Path("folder").mkdir()
    Path("plain").touch()
    for path, message in {
        "none.yaml": "none.yaml: no such file",
        "folder": "folder: is a directory, not a file",
        "plain/a.yaml": "plain/a.yaml: cannot be read: not a directory",
        "a\0b": "a\\x00b: not a file's name",
    }.items():
        with pytest.raises(FileError) as caught:
            load(path, Client)
        assert str(caught.value) == message
        assert caught.value.problems[0].line is None

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)  # a mode of 000 would not stop root
    with pytest.raises(FileError, match=r"^plain: cannot be read: permission denied$"):
        load("plain", Client)


def test_load_names_the_file_as_it_was_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The path in a message can be clicked: it is relative if it was given so."""
    monkeypatch.chdir(tmp_path)
    Path("a.yaml").write_text("name: guide\n")
    assert load("a.yaml", Client).name == "guide"
    Path("b.yaml").write_text("name: guide\nstream: 3\n")
    with pytest.raises(FileError) as caught:
        load(Path("b.yaml"), Client)
    assert caught.value.path == "b.yaml"
    assert caught.value.problems == (Problem("b.yaml", 2, 9, "expected true or false, got 3"),)


def test_problems_found_later_have_a_place_too(tmp_path: Path) -> None:
    """A check across files asks the document where a location stands."""
    path = tmp_path / "a.yaml"
    path.write_text("name: guide\nlayers:\n  - deadline: {total: 3s}\n")
    document = read(path)
    assert document.check(Client).name == "guide"
    found = [
        document.problem_at(("layers", 0, "deadline", "total"), "m"),
        document.problem_at(("layers", 0, "deadline", "total"), "m", on_key=True),
        document.problem_at(("layers", 0, "deadline", "missing"), "m"),
        document.problem_at((), "m"),
    ]
    assert [(problem.line, problem.column) for problem in found] == [(3, 23), (3, 16), (3, 15), (1, 1)]
    assert str(found[0]) == f"{path}:3:23: m"


def test_an_error_survives_a_process_pool() -> None:
    """Workers raise it too, so it pickles."""
    with pytest.raises(FileError) as caught:
        loads("nam: 1", Client)
    assert pickle.loads(pickle.dumps(caught.value)).problems == caught.value.problems


LAUGHS = "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 12))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a0: &a0 [ha, ha]\n" + LAUGHS, "too many values, counting what aliases stand for"),
        (
            "a0: &a0 []\n" + "".join(f"a{i}: &a{i} [*a{i - 1}]\n" for i in range(1, 2000)),
            "more than 64 levels deep",
        ),
        (f"a: &a {'x' * 500_000}\nb: [{'*a,' * 100_000}]", "too many values, counting what aliases stand for"),
        ("[" * 100_000, "more than 64 levels deep"),
        ("{a: " * 100_000, "more than 64 levels deep"),
        ("- " * 100_000, "more than 64 levels deep"),
        ("? " * 100_000, "more than 64 levels deep"),
        ("x" * 100_000_000, "larger than 1 MiB"),
    ],
    ids=["laughs", "a chain", "a long text", "lists", "mappings", "items", "keys", "huge"],
)
def test_hostile_files_end_in_an_error(text: str, message: str) -> None:
    """What would fill the memory or the stack is refused on the way."""
    assert complaints(text).endswith(message)


def test_thousands_of_problems_end() -> None:
    """Past the first hundreds, problems are only counted."""
    with pytest.raises(FileError) as caught:
        loads("name: guide\nlayers:\n" + "  - retyr\n" * 3000, Client, "f.yaml")
    assert len(caught.value.problems) == 501
    assert str(caught.value.problems[-1]) == "f.yaml: 2500 problems more"


SOUP = st.lists(
    st.sampled_from(
        [
            *"\n\n  ::-?[]{},&*!|>%@#'\"\\\t~x1.",
            "- ",
            ": ",
            "<<: ",
            "name",
            "layers:",
            "retry",
            "kind: ",
            "&a",
            "*a",
            "stall",
        ]
    )
).map("".join)


@given(st.binary() | st.text().map(str.encode) | SOUP.map(str.encode) | SOUP)
@example('name: "\\UFFFFFFFF"')
@example("%YAML 1.99999999999999999999\n---\na: 1")
@example("\ud800")
def test_any_bytes_end_in_a_value_or_a_file_error(data: str | bytes) -> None:
    """Whatever stands in a file, the loader returns or raises FileError, with lines that exist."""
    text = data if isinstance(data, str) else data.decode("utf-8", "replace")
    lines = len(text.splitlines()) + 1
    for model in (Client, Anything):
        try:
            assert isinstance(loads(data, model, "f.yaml"), model)
        except FileError as error:
            assert len(str(error).splitlines()) == len(error.problems) > 0  # noqa: PT017 - returning is fine too
            assert all(problem.line is None or 1 <= problem.line <= lines for problem in error.problems)  # noqa: PT017


TEXT = st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]), max_size=20)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**18), 10**18)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
)


@given(JSON)
def test_json_is_yaml(data: Any) -> None:
    """Any JSON document, the language YAML contains, loads as what it says."""
    assert loads(json.dumps({"data": data}, ensure_ascii=False), Anything).data == data


DURATION = st.floats(1e-6, 3600).map(seconds)
CLIENTS = st.builds(
    Client,
    name=TEXT.filter(bool),
    layers=st.lists(
        st.builds(Deadline, total=DURATION)
        | st.builds(
            Retry,
            retries=st.integers(),
            backoff=st.builds(
                Backoff,
                base=DURATION,
                factor=st.floats(1, allow_infinity=False),
                jitter=st.sampled_from(["none", "full"]) | DURATION,
            ),
            on=st.lists(st.sampled_from(["timeout", "connection"])).map(tuple),
        )
    ),
    faults=st.lists(
        st.builds(lambda length: Stall.model_validate({"for": length}), st.none() | DURATION)
        | st.builds(Refuse, share=st.floats(0, 1).map(share))
    ),
    codes=st.dictionaries(st.integers(), st.floats(0, 1).map(share)),
    spare=st.none() | st.builds(Deadline, total=DURATION),
    even=st.integers(-1000, 1000).map(lambda half: half * 2),
)


@given(CLIENTS, st.booleans())
def test_models_survive_a_file(client: Client, brief: bool) -> None:
    """What a model writes, with or without its defaults, is read as an equal model."""
    data = client.model_dump(mode="json", by_alias=True, exclude_defaults=brief)
    assert loads(json.dumps(data, ensure_ascii=False), Client) == client
    assert Client.model_validate(client.model_dump(by_alias=True)) == client


def test_registered_models_are_written_as_they_are_read() -> None:
    """A layer is a mapping with one key, a fault has its kind, whether or not a field of it."""
    client = Client(name="guide", layers=[Retry(retries=3)], faults=[Refuse(), Stall()])
    assert client.model_dump(mode="json", by_alias=True, exclude_defaults=True) == {
        "name": "guide",
        "layers": [{"retry": {"retries": 3}}],
        "faults": [{"kind": "refuse"}, {"kind": "stall"}],
    }


def test_registries_work_without_a_file() -> None:
    """In Python code instances are taken as they are, others refused, with pydantic's locations."""
    layer = Retry()
    assert Client(name="guide", layers=[layer]).layers[0] is layer
    with pytest.raises(ValidationError) as caught:
        Client.model_validate({"name": "guide", "layers": [Refuse(), {"retry": {"retries": "x"}}, {"no": 1}]})
    assert [(error["loc"], error["msg"]) for error in caught.value.errors()] == [
        (("layers", 0), "Value error, Refuse is registered as no layer"),
        (("layers", 1, "retry", "retries"), "Input should be a valid integer, unable to parse string as an integer"),
        (("layers", 2, "no", "[key]"), 'unknown layer "no"; known: "deadline", "retry"'),
    ]


def test_a_registry_may_be_filled_later() -> None:
    """Discovery finds layers after the field that holds them was declared."""
    registry: dict[str, type[BaseModel]] = {}
    adapter: TypeAdapter[Layer] = TypeAdapter(Annotated[Layer, one_key(registry, "layer")])
    with pytest.raises(ValidationError, match='unknown layer "retry"'):
        adapter.validate_python("retry")
    registry["retry"] = Retry
    assert adapter.validate_python("retry") == Retry()


def test_a_layer_may_hold_layers() -> None:
    """A registered model may have a field of its own registry: errors are found inside it too."""
    registry: dict[str, type[BaseModel]] = {"retry": Retry}

    class Fallback(Layer):
        layers: list[Annotated[Layer, one_key(registry, "layer")]]

    class Nested(Strict):
        layers: list[Annotated[Layer, one_key(registry, "layer")]]

    registry["fallback"] = Fallback
    text = "layers: [{fallback: {layers: [{fallback: {layers: [retry, {retry: {retires: 3}}]}}]}}]"
    assert complaints(text, Nested) == 'f.yaml:1:68: unknown key "retires"'
    assert loads(text.replace("{retires: 3}", ""), Nested).model_dump(exclude_defaults=True) == {
        "layers": [{"fallback": {"layers": [{"fallback": {"layers": [{"retry": {}}, {"retry": {}}]}}]}}]
    }


def test_the_schema_tells_an_editor_everything() -> None:
    """Title, description, every layer under its name and fault under its kind, defaults as written."""
    schema = json_schema(Client)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert (schema["title"], schema["description"]) == ("Client", "How one client behaves.")
    layers = schema["properties"]["layers"]["items"]["anyOf"]
    assert set(layers[0]["properties"]) == set(LAYERS)
    assert layers[0]["properties"]["retry"]["description"] == "Tries again."
    assert layers[1] == {"enum": ["retry"]}  # a deadline has no default to stand for it
    faults = schema["properties"]["faults"]["items"]["anyOf"]
    assert [fault["properties"]["kind"]["const"] for fault in faults] == list(FAULTS)
    assert all(fault["required"] == ["kind"] for fault in faults)
    assert faults[1]["properties"]["share"]["default"] == "100%"
    assert schema["$defs"]["Backoff"]["properties"]["base"]["default"] == "2s"
    json.dumps(schema)


def test_parse_needs_no_model() -> None:
    """Equal keys and other faults of the YAML itself are known before any model is."""
    document = parse("a: 1\na: 2\n", "f.yaml")
    assert [str(problem) for problem in document.problems] == ['f.yaml:2:1: key "a" is already in line 1']
