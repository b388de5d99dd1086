"""Python source is read as it stands, and never run."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brownout.harness.doctor.examine import examine
from brownout.harness.doctor.finding import Finding
from brownout.harness.doctor.made import http_library
from brownout.harness.doctor.source import of_text
from brownout.harness.doctor.subject import Subject
from brownout.harness.files import FileError
from brownout.harness.policies.layers.retry import Retry

OWN, OTHER = http_library()
HEAD = f"import asyncio, anthropic, backoff, stamina, tenacity, {OWN}, {OTHER}\nfrom anthropic import Anthropic as A\n"
ASK = '.messages.create(model="m", max_tokens=500, messages=[])'


def read(*lines: str) -> list[Subject]:
    return of_text(HEAD + "\n".join(lines), "app.py")


def found(folder: Path, *lines: str) -> list[Finding]:
    path = folder / "app.py"
    path.write_text(HEAD + "\n".join(lines), encoding="utf-8")
    return list(examine(str(path)).findings)


@pytest.mark.parametrize(
    ("line", "timeouts", "retries"),
    [
        ("c = anthropic.Anthropic()", (5, 600, 600, 600), 2),
        ("c = A(timeout=60)", (60, 60, 60, 60), 2),
        ("c = A(timeout=2 * 60.0, max_retries=0)", (120, 120, 120, 120), 0),
        ("c = A(timeout=None)", (86400, 86400, 86400, 86400), 2),
        (f"c = anthropic.AsyncAnthropic(timeout={OWN}.Timeout(9, connect=2))", (2, 9, 9, 9), 2),
        ("c = A(timeout=anthropic.Timeout(connect=1, read=2, write=3, pool=4))", (1, 2, 3, 4), 2),
        ("c = A(max_retries=7).with_options(timeout=8)", (8, 8, 8, 8), 7),
        ("class Chat:\n  def __init__(self):\n    self.c = A(timeout=4, max_retries=1)", (4, 4, 4, 4), 1),
    ],
)
def test_what_a_client_is_set_to(line: str, timeouts: tuple[float, ...], retries: int) -> None:
    """As the SDK would have it."""
    subject = read(line)[-1]
    assert tuple(subject.timeouts) == timeouts
    assert subject.sdk.max_retries == retries


@pytest.mark.parametrize(
    ("lines", "read_timeout", "stack"),
    [
        ((f"A(timeout=9){ASK}",), 9, ["sdk"]),
        (("c = A(timeout=9)", f"c.with_options(timeout=3){ASK}"), 3, ["sdk"]),
        (("c = A(timeout=9)", "d = c.with_options(timeout=3)", f"d.beta{ASK}"), 3, ["sdk"]),
        (("c = A()", 'c.messages.create(model="m", max_tokens=9, messages=[], timeout=4.5)'), 4.5, ["sdk"]),
        (("c = A()", "def ask(client):", f"  return client{ASK}"), 600, ["sdk"]),
        (("c = A()", "@tenacity.retry", "def f():", f"  c{ASK}"), 600, ["retry", "sdk"]),
        (("c = A()", "@stamina.retry(on=Exception)", "def f():", f"  c{ASK}"), 600, ["retry", "sdk"]),
        (("c = A()", "@backoff.on_exception(backoff.expo, Exception)", "def f():", f"  c{ASK}"), 600, ["retry", "sdk"]),
        (("c = A()", f"asyncio.wait_for(c{ASK}, timeout=30)"), 600, ["deadline", "sdk"]),
        (
            ("c = A()", "async def f():", "  async with asyncio.timeout(30):", f"    await c{ASK}"),
            600,
            ["deadline", "sdk"],
        ),
        (
            ("c = A()", "@tenacity.retry", "async def f():", f"  await asyncio.wait_for(c{ASK}, 30)"),
            600,
            ["retry", "attempt_timeout", "sdk"],
        ),
    ],
)
def test_what_a_request_goes_through(lines: tuple[str, ...], read_timeout: float, stack: list[str]) -> None:
    """Its own options, those of its client, and what stands around it."""
    [subject] = read(*lines)
    assert subject.timeouts.read == read_timeout
    assert [layer.name for layer in subject.layers] == stack


@pytest.mark.parametrize(
    ("decorator", "retries", "on"),
    [
        ("tenacity.retry(stop=tenacity.stop_after_attempt(4))", 3, None),
        ("tenacity.retry(stop=tenacity.stop_after_attempt(4) | tenacity.stop_after_delay(60))", 3, None),
        ("tenacity.retry(retry=tenacity.retry_if_exception_type(anthropic.RateLimitError))", 1000, ("rate_limit",)),
        ("stamina.retry(on=anthropic.APIConnectionError, attempts=5)", 4, ("timeout", "connection")),
        ("stamina.retry(on=Exception)", 9, None),
        ("backoff.on_exception(backoff.expo, anthropic.APITimeoutError, max_tries=6)", 5, ("timeout",)),
        ("backoff.on_exception(backoff.expo, Exception)", 1000, None),
    ],
)
def test_what_a_decorator_does(decorator: str, retries: int, on: tuple[str, ...] | None) -> None:
    """How often it tries again, and for what; without an end it is a thousand times."""
    [subject] = read("c = A()", f"@{decorator}", "def f():", f"  return c{ASK}")
    [(_, retry)] = subject.each(Retry)
    assert retry.retries == retries
    assert on is None or retry.on == on


@pytest.mark.parametrize(
    ("id", "lines", "line"),
    [
        ("foreign-timeout", ("c = A(", f"  timeout={OTHER}.Timeout(60))"), 4),
        ("foreign-timeout", (f"c = A(http_client={OTHER}.Client())",), 3),
        ("foreign-except", ("c = A()", "try:", f"  c{ASK}", f"except {OTHER}.TimeoutException:", "  pass"), 6),
        ("foreign-except", ("c = A()", "try:", f"  c{ASK}", f"except (OSError, {OTHER}.HTTPError):", "  pass"), 6),
        ("not-literal", ("c = A(timeout=float(input()))",), 3),
        ("not-literal", ("c = A(max_retries=N)",), 3),
        ("not-literal", ("def f(client):", f"  return client{ASK}"), 4),
        ("retries-keyword", ("c = A()", 'c.messages.create(model="m", max_tokens=1, max_retries=3)'), 4),
        ("stacked-retries", ("c = A()", "@tenacity.retry", "def f():", f"  return c{ASK}"), 6),
        ("limit-below-p99", ("c = A(timeout=30)", 'c.messages.create(model="m", max_tokens=16000)'), 4),
        ("no-content-gap", ("c = A()", 'c.messages.stream(model="m", max_tokens=16000)'), 4),
        ("retries-cannot-fit", ("c = A()", f"asyncio.wait_for(c{ASK}, timeout=30)"), 4),
        ("no-total", ("c = A()", f"c{ASK}"), 4),
    ],
)
def test_a_mistake_in_source(id: str, lines: tuple[str, ...], line: int, tmp_path: Path) -> None:
    """Is found at its line."""
    assert line in [each.where.line for each in found(tmp_path, *lines) if each.id == id]


@pytest.mark.parametrize(
    ("id", "lines"),
    [
        ("foreign-timeout", (f"c = A(timeout={OWN}.Timeout(60))",)),
        ("foreign-except", ("c = A()", "try:", f"  c{ASK}", f"except ({OWN}.HTTPError, {OTHER}.HTTPError):", "  pass")),
        ("foreign-except", ("c = A()", "try:", "  other()", f"except {OTHER}.HTTPError:", "  pass", f"c{ASK}")),
        ("no-content-gap", ("c = A()", f"c{ASK}")),
        ("limit-below-p99", ("c = A(timeout=30)", 'c.messages.stream(model="m", max_tokens=16000)')),
        ("not-literal", ("c = A(timeout=60)", f"c{ASK}")),
    ],
)
def test_what_is_no_mistake(id: str, lines: tuple[str, ...], tmp_path: Path) -> None:
    """Is not said to be one."""
    assert id not in [each.id for each in found(tmp_path, *lines)]


def test_requests_that_go_the_same_way_are_told_once() -> None:
    """At the first of them; another timeout is another way."""
    other = 'c.messages.create(model="m", max_tokens=5, messages=[], timeout=9)'
    subjects = read("c = A()", f"c{ASK}", f"c{ASK}", other)
    assert [subject.place(("layers",), True).line for subject in subjects] == [4, 6]


def test_source_is_not_run(tmp_path: Path) -> None:
    """Whatever it would do when it is imported."""
    there = tmp_path / "there"
    findings = found(
        tmp_path,
        "from pathlib import Path",
        f"Path({str(there)!r}).touch()",
        f"c = A(timeout=Path({str(there)!r}).touch())",
        "raise SystemExit(3)",
    )
    assert "not-literal" in [each.id for each in findings]
    assert not there.exists()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("def f(:\n", "not Python: "),
        ("import os\n", "no Anthropic(...) or AsyncAnthropic(...) is made here"),
        ("x = 1\0\n", "not Python"),
        (b"\xff\xfe", "not Python"),
        ("(" * 3000 + ")" * 3000, "not Python"),
        ("-" * 100_000 + "1", "nested too deeply"),
    ],
    ids=["syntax", "no client", "a zero byte", "no text", "parentheses", "depth"],
)
def test_a_file_that_cannot_be_read(text: str | bytes, message: str) -> None:
    """Says why, with its place where there is one."""
    with pytest.raises(FileError, match=r"^app\.py") as told:
        of_text(text, "app.py")
    assert message in str(told.value) or "nested too deeply" in str(told.value)


numbers = st.sampled_from(["60", "0", "-1", "1e999", "10**9", "None", "True", "x", "9" * 400, "2 * 3", "'5'", "[]"])
pieces = st.one_of(
    st.builds("c = A(timeout={}, max_retries={})".format, numbers, numbers),
    st.builds(f"c = A(timeout={OWN}.Timeout({{}}, read={{}}, **more))".format, numbers, numbers),
    st.builds("self.c.d = c.with_options(timeout={})".format, numbers),
    st.builds("c.messages.create(max_tokens={}, stream={}, timeout={})".format, numbers, numbers, numbers),
    st.builds("asyncio.wait_for(c.messages.create(), {})".format, numbers),
    st.builds(
        "@tenacity.retry(stop=tenacity.stop_after_attempt({}), wait={})\ndef f(): c.messages.stream()".format,
        numbers,
        numbers,
    ),
    st.builds(
        "@stamina.retry(on={}, attempts={}, timeout={})\ndef f(): c.messages.parse()".format, numbers, numbers, numbers
    ),
    st.builds(
        "try: c.messages.create()\nexcept {}: pass".format, st.sampled_from(["ValueError", f"{OTHER}.HTTPError"])
    ),
    st.text(max_size=30),
)


def outcome(text: str | bytes) -> list[Subject] | str:
    """What was read, or why not."""
    try:
        return of_text(text, "app.py")
    except FileError as refused:
        return str(refused)


@settings(max_examples=150, deadline=None)
@given(st.lists(pieces, max_size=6).map("\n".join))
def test_any_source_is_read_or_refused(text: str) -> None:
    """With an error that says where; never in another way."""
    told = outcome(HEAD + text)
    assert told
    assert not isinstance(told, str) or told.startswith("app.py:")


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=80) | st.text(max_size=80))
def test_any_bytes_are_read_or_refused(data: str | bytes) -> None:
    """Whatever they are: there is no client in them."""
    told = outcome(data)
    assert isinstance(told, str)
    assert told.startswith("app.py:")


@pytest.mark.parametrize(
    ("lines", "again"),
    [
        (["except anthropic.RateLimitError:", "  continue"], {"rate_limit"}),
        (["except (anthropic.RateLimitError, anthropic.OverloadedError):", "  pass"], {"rate_limit", "overloaded"}),
        (["except anthropic.APIStatusError:", "  raise"], set()),
        (["except anthropic.APIConnectionError:", "  pass", "except anthropic.RateLimitError:", "  break"], set()),
        (["except Exception as error:", "  if last: raise", "  wait()"], {"rate_limit", "overloaded"}),
        (["except:", "  pass"], {"rate_limit", "overloaded"}),
    ],
)
def test_a_loop_tries_again_by_hand(tmp_path: Path, lines: list[str], again: set[str]) -> None:
    """For what its handlers let it go on; outside of a loop there is nothing to go on to."""
    tried = [f"  try: return c{ASK}", *(f"  {line}" for line in lines)]
    for loop, expected in (("while True:", again), ("for i in range(3):", again), ("if True:", set[str]())):
        told = found(tmp_path, "c = A(max_retries=0)", "def ask():", f" {loop}", *(f" {line}" for line in tried))
        ids = {finding.id for finding in told}
        assert ("rate-limit-not-retried" in ids) is ("rate_limit" not in expected)
        assert ("overload-not-retried" in ids) is ("overloaded" not in expected)
