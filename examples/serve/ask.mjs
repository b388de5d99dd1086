// A whole answer and a streamed one. The client reads ANTHROPIC_BASE_URL and ANTHROPIC_API_KEY by itself.
import Anthropic from "@anthropic-ai/sdk";

const client = new Anthropic();
const ask = { model: "claude-sonnet-5-5", max_tokens: 4000, messages: [{ role: "user", content: "Hello" }] };

const whole = await client.messages.create(ask);
console.log("whole:", whole.stop_reason, whole.usage.output_tokens);

const streamed = await client.messages
  .stream(ask)
  .on("text", (text) => {}) // show it to somebody
  .finalMessage();
console.log("streamed:", streamed.stop_reason, streamed.usage.output_tokens);
