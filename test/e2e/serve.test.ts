import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { startRedis } from "../support/local-server.js";
import { startSluice } from "./start.js";

const folder = mkdtempSync(join(tmpdir(), "sluice-serve-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("sluice serve answers with what there is, under any name, and ends with the first signal", async () => {
  const { until, child, ended } = startSluice(["serve", "--port", "0"]);
  const [, url = ""] = await until(/Serving echo at (http:\S+)/);
  const answer = await fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    body: JSON.stringify({ model: "gpt-anything", messages: [{ role: "user", content: "secret words" }] }),
  });
  expect(JSON.stringify(await answer.json())).toContain("secret words");
  await until(/"path":"\/v1\/chat\/completions","status":200/);
  child.kill("SIGTERM");
  const { code, stderr } = await ended;
  expect(code).toBe(0);
  // Nothing of what was said is logged, and what it used is.
  expect(stderr).not.toContain("secret words");
  expect(stderr).toMatch(/"usage":\{/);
});

test.each([
  ["", 200],
  ["--web", 200],
  ["--no-web", 404],
])("the web app is served, but for --no-web: %j", async (option, status) => {
  const { until, child, ended } = startSluice(["serve", "--port", "0", ...(option === "" ? [] : [option])]);
  const [, url = ""] = await until(/Serving echo at (http:\S+)/);
  expect((await fetch(url)).status).toBe(status);
  child.kill("SIGTERM");
  await ended;
});

test("a file that is not understood is refused with its field", async () => {
  const file = join(folder, "bad.yaml");
  writeFileSync(file, "modles: [echo]\n");
  const { code, stderr } = await startSluice(["serve", file]).ended;
  expect(code).not.toBe(0);
  expect(stderr).toContain("modles");
});

test("a file's workflows are run and kept, and conversations too", async () => {
  writeFileSync(
    join(folder, "hello.json"),
    JSON.stringify({
      name: "hello",
      inputs: ["who"],
      steps: [{ id: "say", type: "output", config: { format: "text" }, inputs: { text: "Hello {who}" } }],
    }),
  );
  const file = join(folder, "rooms.yaml");
  const paths = { workflows: { hello: join(folder, "hello.json") }, engine: join(folder, "runs.db") };
  writeFileSync(file, JSON.stringify({ models: ["echo"], port: 0, conversations: join(folder, "chats.db"), ...paths }));
  const { until, child, ended } = startSluice(["serve", file]);
  const [, url = ""] = await until(/ at (http:\S+)/);
  const post = (path: string, body: object) =>
    fetch(`${url}/v1/${path}`, { method: "POST", body: JSON.stringify(body) });
  const run = await post("workflows/hello/runs", { inputs: { who: "Ada" } });
  expect(await run.text()).toContain("Hello Ada");
  const { id } = (await (await post("conversations", {})).json()) as { id: string };
  expect(await (await post(`conversations/${id}/turns`, { input: "Good day" })).text()).toContain("Good");
  child.kill("SIGTERM");
  expect((await ended).code).toBe(0);
  const again = startSluice(["serve", file]);
  const [, next = ""] = await again.until(/ at (http:\S+)/);
  const runs = (await (await fetch(`${next}/v1/workflow-runs`)).json()) as { data: object[] };
  expect(runs.data).toMatchObject([{ workflow: "hello", status: "completed", served: true }]);
  const kept = (await (await fetch(`${next}/v1/conversations`)).json()) as { data: object[] };
  expect(kept.data).toMatchObject([{ id, title: "Good day" }]);
  again.child.kill("SIGTERM");
  await again.ended;
});

const redis = await startRedis();
afterAll(() => redis?.stop());

test.skipIf(redis === undefined)(
  "begun at one replica, dropped, gone on with at another, stopped from a third",
  async () => {
    const file = join(folder, "replica.yaml");
    writeFileSync(file, `models: [echo]\nruns: ${redis?.url}\nport: 0\n`);
    const replicas = [startSluice(["serve", file]), startSluice(["serve", file]), startSluice(["serve", file])];
    const urls = await Promise.all(replicas.map(async ({ until }) => (await until(/ at (http:\S+)/))[1] ?? ""));
    const [a = "", b = "", c = ""] = urls;
    const long = Array.from({ length: 5_000 }, (_, i) => `word${i}`).join(" ");
    const leaving = new AbortController();
    const begun = await fetch(`${a}/v1/runs`, {
      method: "POST",
      body: JSON.stringify({ model: "echo", messages: [{ role: "user", content: long }] }),
      signal: leaving.signal,
    });
    const run = begun.headers.get("x-sluice-run") ?? "";
    const reader = begun.body?.getReader();
    const first = new TextDecoder().decode((await reader?.read())?.value);
    leaving.abort();
    const last = [...first.matchAll(/^id: (\d+)$/gm)].at(-1)?.[1] ?? "-1";
    const rest = fetch(`${b}/v1/runs/${run}/stream`, { headers: { "last-event-id": last } }).then((response) =>
      response.text(),
    );
    const stopped = await fetch(`${c}/v1/runs/${run}/stop`, { method: "POST" });
    expect(stopped.status).toBe(200);
    const numbers = [...`${first}${await rest}`.matchAll(/^data: (.*)$/gm)].map((match) => JSON.parse(match[1] ?? ""));
    let next = 0;
    for (const entry of numbers) {
      expect(entry.seq).toBe(next);
      next = entry.seq + (entry.events?.length ?? 1);
    }
    const end = numbers.at(-1);
    expect(end.error?.code ?? end.events.at(-1).type).toMatch(/^(cancelled|finish)$/);
    for (const { child } of replicas) child.kill("SIGTERM");
    expect((await Promise.all(replicas.map(({ ended }) => ended))).map(({ code }) => code)).toEqual([0, 0, 0]);
  },
);
