// What a program sees that uses the TypeScript SDK as it comes: lines of JSON in, one out for each.
import { createInterface } from "node:readline";
import Anthropic from "@anthropic-ai/sdk";

const ASK = { model: "claude-sonnet-5-5", max_tokens: 100, messages: [{ role: "user", content: "Hello" }] };

const real = setTimeout;
let scale = 1;
// The SDK's waits and limits go as fast as the server's time does.
globalThis.setTimeout = (act, ms = 0, ...more) => real(act, ms / scale, ...more);

const play = async ({ url, how, timeout, patience }) => {
  const seen = { raised: "", cause: "", status: null, type: "", requests: 0, tokens: 0, stop_reason: null };
  const counted = (...asked) => {
    seen.requests += 1;
    return fetch(...asked);
  };
  const limit = new AbortController();
  const api = new Anthropic({ baseURL: url, apiKey: "k", timeout: timeout * 1000, fetch: counted });
  const timer = setTimeout(() => limit.abort(), patience * 1000);
  // Node forgets whom an abort is for once it has collected the request: a body may not hear of it.
  const leaves = new Promise((_, reject) => limit.signal.addEventListener("abort", () => reject(limit.signal.reason)));
  const ask = async () => {
    const options = { signal: limit.signal };
    if (how === "stream") {
      const stream = api.messages.stream(ASK, options).on("text", () => (seen.tokens += 1));
      seen.stop_reason = (await stream.finalMessage()).stop_reason;
    } else {
      if (how === "create twice") await api.messages.create(ASK, options);
      seen.stop_reason = (await api.messages.create(ASK, options)).stop_reason ?? null;
    }
  };
  try {
    await Promise.race([ask(), leaves]);
  } catch (error) {
    const own = error instanceof Anthropic.AnthropicError ? "anthropic." : "";
    seen.raised = limit.signal.aborted ? "hangs" : own + error.constructor.name;
    seen.cause = limit.signal.aborted ? "" : (error.cause?.code ?? error.cause?.constructor.name ?? "");
    seen.status = error.status ?? null;
    seen.type = error.error?.error?.type ?? "";
  }
  clearTimeout(timer);
  return seen;
};

for await (const line of createInterface({ input: process.stdin })) {
  const asked = JSON.parse(line);
  scale = asked.scale;
  console.log(JSON.stringify(await play(asked)));
}
