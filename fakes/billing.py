"""What requests cost. Prices are published; whether an answer that broke off is billed is not, so it is a setting."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from .journal import Served
from .units import Price

PRICES: dict[str, dict[str, str]] = {
    # The price list of October 2026, for a million tokens; without caching and batches.
    "haiku": {"input": "$0.10/M", "output": "$0.50/M"},
    "sonnet": {"input": "$2/M", "output": "$10/M"},
    "opus": {"input": "$4/M", "output": "$20/M"},
}


class Billing(BaseModel):
    """Prices, and what of an answer that broke off is billed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: Annotated[
        Literal["haiku", "sonnet", "opus"] | None, Field(description="a model's published prices, as a start")
    ] = None
    input: Annotated[Price, Field(description="for the prompt; $2/M is Sonnet's")] = 2.0
    output: Annotated[Price, Field(description="for the answer; $10/M is Sonnet's")] = 10.0
    aborted: Annotated[
        Literal["none", "delivered", "full"],
        Field(
            description="what is billed of an answer that was not sent to its end: nothing, the prompt and the tokens "
            "sent, or the whole; the service does not document it"
        ),
    ] = "delivered"

    @model_validator(mode="before")
    @classmethod
    def _start_from_model(cls, given: Any) -> Any:
        if isinstance(given, dict) and isinstance(given.get("model"), str):
            return PRICES.get(given["model"], {}) | given
        return given

    def tokens(self, served: Served) -> tuple[int, int]:
        """Input and output tokens billed for one request. Errors, and what never got a slot, are free."""
        if served.granted is None or served.status not in (None, 200):
            return 0, 0
        if served.is_complete or self.aborted == "full":
            return served.input_tokens, served.output_tokens
        return (served.input_tokens, served.sent_tokens) if self.aborted == "delivered" else (0, 0)

    def dollars(self, input_tokens: int, output_tokens: int) -> float:
        """What so many tokens cost."""
        return (input_tokens * self.input + output_tokens * self.output) / 1_000_000
