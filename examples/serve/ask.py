"""A whole answer and a streamed one. The client reads ANTHROPIC_BASE_URL and ANTHROPIC_API_KEY by itself."""

from __future__ import annotations

import anthropic
from anthropic.types import MessageParam

MODEL = "claude-sonnet-5-5"
HELLO: list[MessageParam] = [{"role": "user", "content": "Hello"}]

with anthropic.Anthropic() as client:
    message = client.messages.create(model=MODEL, max_tokens=4000, messages=HELLO)
    print("whole:", message.stop_reason, message.usage.output_tokens)

    with client.messages.stream(model=MODEL, max_tokens=4000, messages=HELLO) as stream:
        for _text in stream.text_stream:
            pass  # show it to somebody
        message = stream.get_final_message()
    print("streamed:", message.stop_reason, message.usage.output_tokens)
