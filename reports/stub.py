"""Writes `faults.pyi`: the signatures of the functions that `brownout.faults` makes of the faults there are."""

from __future__ import annotations

import types
from inspect import cleandoc
from typing import Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from brownout.fakes.faults import FAULTS, Fault

HEAD = '''"""Written by `make docs` from the faults there are."""

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from brownout.fakes.faults import Fault
from brownout.fakes.timeline import Phase

def phase(length: str, *faults: Fault, hits: Iterable[str] = ()) -> Phase:
    """A stretch of time, such as `"10s"`, with what is wrong in it."""
'''

_WIDEST = 115
"""What a formatter leaves in one line."""


def stub() -> str:
    """The file."""
    return HEAD + "".join(_function(kind, fault) for kind, fault in sorted(FAULTS.items()))


def _function(kind: str, fault: type[Fault]) -> str:
    fields = [each for each in fault.model_fields.items() if each[0] != "kind"]
    arguments = "".join(f"    {_argument(*each)},\n" for each in fields)
    about = cleandoc(fault.__doc__ or "").replace("\n", "\n    ")
    return f'\ndef {kind}(\n    *,\n{arguments}) -> Fault:\n    """{about}"""\n'


def _argument(name: str, field: FieldInfo) -> str:
    written = f"{field.alias}_" if field.alias else name
    line = f"{written}: {' | '.join(dict.fromkeys(_types(field.annotation)))} = ..."
    if len(line) <= _WIDEST:
        return line
    before, _, rest = line.partition("Literal[")
    values, _, after = rest.partition("]")
    return "\n        ".join([f"{before}Literal[", *(f"{value}," for value in values.split(", "))]) + f"\n    ]{after}"


def _types(annotation: Any) -> list[str]:
    """What Python code may give: texts with units for numbers, mappings for models."""
    if get_origin(annotation) in (Union, types.UnionType):
        return [each for part in get_args(annotation) for each in _types(part)]
    if get_origin(annotation) is Literal:
        return [f"Literal[{', '.join(repr(value).replace(chr(39), chr(34)) for value in get_args(annotation))}]"]
    if annotation is type(None):
        return ["None"]
    if annotation is bool:
        return ["bool"]
    if isinstance(annotation, type) and annotation is not float and hasattr(annotation, "model_fields"):
        return ["Mapping[str, Any]"]
    return ["str"]  # a duration, a share
