"""Which column of a trace says what; published traces have names of their own, that are known here."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class Columns(BaseModel):
    """The names of the columns. Only `at` is needed: without the others, calls are as long as `calls:` says."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    at: Annotated[str, Field(description="when the call came: numbers in `unit`, or dates with times")]
    input_tokens: str | None = None
    output_tokens: str | None = None
    unit: Annotated[Literal["s", "ms", "us", "ns"], Field(description="of numbers in `at`")] = "s"
    unanswered: Annotated[
        Literal["keep", "skip"], Field(description="what to do with rows of 0 output tokens: `skip` leaves them out")
    ] = "keep"


FORMATS: dict[str, Columns] = {
    # Azure's traces of LLM inference: TIMESTAMP is a date with time, of 100 ns.
    "azure-llm": Columns(at="TIMESTAMP", input_tokens="ContextTokens", output_tokens="GeneratedTokens"),
    # Mooncake's, lines of JSON.
    "mooncake": Columns(at="timestamp", input_tokens="input_length", output_tokens="output_length", unit="ms"),
    # BurstGPT's: a row without response tokens is a call that failed, of which the length is not known.
    "burstgpt": Columns(
        at="Timestamp", input_tokens="Request tokens", output_tokens="Response tokens", unanswered="skip"
    ),
}
"""Names of columns of published traces."""
