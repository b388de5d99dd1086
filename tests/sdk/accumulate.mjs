// Given the bytes of a stream, line by line, what the TypeScript SDK makes of them: its final message, as JSON.
import { createInterface } from "node:readline";
import Anthropic from "@anthropic-ai/sdk";

const answer = (text, size) => {
  const bytes = new TextEncoder().encode(text);
  let at = 0;
  const body = new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      controller.enqueue(bytes.subarray(at, (at += size)));
    },
  });
  return new Response(body, { headers: { "content-type": "text/event-stream; charset=utf-8" } });
};

for await (const line of createInterface({ input: process.stdin })) {
  const { text, size } = JSON.parse(line);
  const client = new Anthropic({ apiKey: "none", maxRetries: 0, fetch: async () => answer(text, size) });
  const ask = { model: "m", max_tokens: 5, messages: [{ role: "user", content: "Hello" }] };
  console.log(JSON.stringify(await client.messages.stream(ask).finalMessage()));
}
