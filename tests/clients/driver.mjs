// What the TypeScript SDK makes of each case: lines of `CASE URL` in, a line of JSON out for each.
import { createInterface } from "node:readline";
import Anthropic from "@anthropic-ai/sdk";

const ASK = { model: "claude-sonnet-5-5", max_tokens: 100, messages: [{ role: "user", content: "Hello" }] };
const SCHEMA = { type: "object", properties: { q: { type: "string" } }, required: ["q"] };
const TOOLS = { tools: [{ name: "find", input_schema: SCHEMA }], tool_choice: { type: "any" } };
const THINKING = { max_tokens: 4000, thinking: { type: "enabled", budget_tokens: 1024 } };
const NO_KEY = { headers: { Authorization: null, "X-Api-Key": null } };
const saying = (content, role = "user") => ({ ...ASK, messages: [{ role, content }] });

const shown = (message) => ({
  types: message.content.map((block) => block.type),
  stop_reason: message.stop_reason,
  output_tokens: message.usage.output_tokens,
  inputs: message.content.filter((block) => block.type === "tool_use").map((block) => block.input),
});
const collected = async (page) => {
  const found = [];
  for await (const item of page) found.push(item);
  return found;
};
const final = async (api, more) => shown(await api.messages.stream({ ...ASK, ...more }).finalMessage());

const cases = {
  message: async (api) => shown(await api.messages.create(ASK)),
  streamed: (api) => final(api, {}),
  tool: (api) => final(api, TOOLS),
  thinking: (api) => final(api, THINKING),
  count: (api) => api.messages.countTokens({ model: "m", messages: saying("x".repeat(4000)).messages }),
  models: async (api) => ({ ids: (await collected(api.models.list({ limit: 4 }))).map((model) => model.id) }),
  model: async (api) => ({ id: (await api.models.retrieve("claude-haiku-4-5")).id }),
  batch: async (api) => {
    const requests = [0, 1].map((i) => ({ custom_id: `call-${i}`, params: ASK }));
    let made = await api.messages.batches.create({ requests });
    const first = made.processing_status;
    while (made.processing_status !== "ended") made = await api.messages.batches.retrieve(made.id);
    const results = (await collected(await api.messages.batches.results(made.id))).map((each) => [
      each.custom_id,
      each.result.type,
      each.result.message.content[0].type,
    ]);
    return { first, succeeded: made.request_counts.succeeded, results };
  },
  bad_request: async (api) => shown(await api.messages.create(saying("x", "nobody"))),
  no_key: async (api) => shown(await api.messages.create(ASK, NO_KEY)),
  no_model: (api) => api.models.retrieve("nothing"),
  too_large: async (api) => shown(await api.messages.create(saying("x".repeat(33 << 20)))),
  rate_limited: (api) => cases.message(api),
  rate_limit_retried: (api, patient) => cases.message(patient),
  overload_retried: (api, patient) => cases.message(patient),
  broken: async (api) => {
    let pieces = 0;
    try {
      const stream = api.messages.stream(ASK).on("text", () => pieces++);
      await stream.finalMessage();
      return { error: null, pieces };
    } catch (error) {
      return { error: error.constructor.name, pieces };
    }
  },
};

const play = async (name, baseURL) => {
  const client = (maxRetries) => new Anthropic({ apiKey: "none", baseURL, maxRetries, timeout: 60_000 });
  const sdk = client(0);
  const api = name.startsWith("beta_") ? sdk.beta : sdk;
  try {
    return await cases[name.replace("beta_", "")](api, client(2));
  } catch (error) {
    if (!error.status) return { failed: String(error) }; // the next case is played all the same
    const { type, message } = error.error.error;
    const ids = { request_id: error.error.request_id, retry_after: error.headers.get("retry-after") };
    return { status: error.status, type, message, ...ids };
  }
};

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await play(...line.split(" "))));
}
