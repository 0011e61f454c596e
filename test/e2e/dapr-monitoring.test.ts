import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { isJsonObject, type JsonValue } from "../../src/base/json.js";
import { collect } from "../support/collect.js";
import { DaprWorld, failure } from "../support/dapr-world.js";

const FOLDER = new URL("../../examples/dapr/monitoring/", import.meta.url);
const PAGE = new URL("../../docs/dapr.md", import.meta.url);

const world = new DaprWorld();

/** A sample of the metrics: its name and its labels. */
interface Sample {
  name: string;
  labels: string[];
}

/** What a sidecar's metrics are once each kind of call was made. */
async function exposed(): Promise<{ samples: Sample[]; names: string[] }> {
  const { httpPort, metricsPort } = await world.sidecar({ metricsPort: 0 });
  const dapr = world.client({ httpPort });
  await collect(dapr.generate({ messages: "one two", stream: true }));
  await dapr.generate({ messages: "one two" });
  await failure(() => dapr.generate({ messages: "x", llmComponent: "nobody" }));
  const tools = [{ name: "t", inputSchema: { type: "object", properties: [] } }];
  await failure(() => dapr.generate({ messages: "x", tools }));
  const text = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
  const samples = [...text.matchAll(/^(\w+)\{(.*)\} \S+$/gm)].map(([, name = "", labels = ""]) => ({
    name,
    labels: [...labels.matchAll(/(\w+)="/g)].map(([, label = ""]) => label),
  }));
  return { samples, names: [...text.matchAll(/^# TYPE (\w+)/gm)].map(([, name = ""]) => name) };
}

/** Every text under a key with this name. */
function textsAt(value: JsonValue, key: string): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => textsAt(item, key));
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([name, item]) =>
    name === key && typeof item === "string" ? [item] : textsAt(item ?? null, key),
  );
}

test("the dashboard asks for metrics and labels that there are, and shows every metric", async () => {
  const { samples, names } = await exposed();
  const dashboard = JSON.parse(readFileSync(new URL("dashboard.json", FOLDER), "utf8"));
  const queries = [...textsAt(dashboard, "expr"), ...textsAt(dashboard, "definition")];
  expect(queries.length).toBeGreaterThan(names.length);
  const shown = new Set<string>();
  for (const query of queries) {
    for (const [, name = "", selector = ""] of query.matchAll(/\b(dapr_\w+)(?:\{([^}]*)\})?/g)) {
      const ofName = samples.filter((sample) => sample.name === name);
      expect(ofName, `${name} in ${query}`).not.toHaveLength(0);
      const asked = [...selector.matchAll(/(\w+)=/g)].map(([, label = ""]) => label);
      const grouped = [...query.matchAll(/by \(([^)]*)\)/g)].flatMap(([, labels = ""]) => labels.split(", "));
      expect(ofName[0]?.labels, query).toEqual(expect.arrayContaining([...asked, ...grouped]));
      shown.add(name.replace(/_(bucket|sum)$/, ""));
    }
  }
  expect([...shown].sort()).toEqual([...names].sort());
});

test("the guide names every metric", async () => {
  const { names } = await exposed();
  const page = readFileSync(PAGE, "utf8");
  expect(names.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
});
