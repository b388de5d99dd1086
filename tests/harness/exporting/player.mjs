// Plays an exported program: lines of JSON in, one for each call, and one out when it has ended.
import { AsyncLocalStorage } from "node:async_hooks";
import { createInterface } from "node:readline";

const [, , path, url, speed] = process.argv;
const scale = Number(speed);
const real = setTimeout;
const clock = performance.now.bind(performance);
// The program's waits and limits go as fast as the server's time does.
globalThis.setTimeout = (act, ms = 0, ...more) => real(act, ms / scale, ...more);
performance.now = () => clock() * scale;

const { Claude } = await import(path);
const current = new AsyncLocalStorage();
const fetched = async (to, options) => {
  const { client, call } = current.getStore();
  const answer = await fetch(String(to).replace("/v1/", `/client/${client}/call/${call}/v1/`), options);
  const seconds = answer.headers.get("retry-after");
  if (!seconds) return answer;
  const headers = new Headers(answer.headers); // the server has said it in real ones
  headers.set("retry-after", String(seconds * scale));
  return new Response(answer.body, { status: answer.status, headers });
};
const claudes = new Map();
const claudeOf = (client) => {
  if (!claudes.has(client)) claudes.set(client, new Claude({ baseURL: url, apiKey: "none", fetch: fetched }));
  return claudes.get(client);
};

const play = async ({ id, client, stream, max_tokens, input, how }) => {
  const claude = claudeOf(client);
  const request = { model: "claude-sonnet-5-5", max_tokens, messages: [{ role: "user", content: "x".repeat(input) }] };
  const told = { id, ok: true, error: "", partial: "", shown: "" };
  try {
    if (how === "text") for await (const text of claude.text(request)) told.shown += text;
    else if (how === "left") {
      for await (const text of claude.text(request)) {
        told.shown += text;
        break;
      }
    } else if (how === "on text") await claude.stream(request, (text) => (told.shown += text));
    else if (stream) await claude.stream(request);
    else await claude.create(request);
  } catch (error) {
    Object.assign(told, { ok: false, error: error.constructor.name, partial: error.partial ?? "" });
  }
  console.log(JSON.stringify(told));
};

console.log(JSON.stringify({ id: -1 }));
for await (const line of createInterface({ input: process.stdin })) {
  const asked = JSON.parse(line);
  void current.run(asked, () => play(asked));
}
process.exit(0);
