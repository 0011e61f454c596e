import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import * as agents from "../../src/agents/index.js";
import * as chat from "../../src/chat/index.js";
import * as dapr from "../../src/dapr/index.js";
import * as dialects from "../../src/dialects/index.js";
import * as guards from "../../src/guards/index.js";
import * as models from "../../src/models/index.js";
import * as runs from "../../src/runs/index.js";
import * as server from "../../src/server/index.js";
import * as speech from "../../src/speech/index.js";
import * as stream from "../../src/stream/index.js";
import * as structured from "../../src/structured/index.js";
import * as telemetry from "../../src/telemetry/index.js";
import * as tools from "../../src/tools/index.js";
import * as workflows from "../../src/workflows/index.js";

const ROOMS = {
  ...{ agents, chat, dapr, dialects, guards, models, runs, server, speech, stream, structured, telemetry, tools },
  workflows,
};

const HERE = new URL(".", import.meta.url);
const TABLES = readdirSync(HERE)
  .filter((file) => !file.startsWith("all-doors") && !file.startsWith("missing"))
  .map((file) => readFileSync(new URL(file, HERE), "utf8"))
  .join("\n");

/** The parameters of a function or a constructor, as they are written. */
function parametersOf(source: string): string {
  const from = /^class\b/.test(source) ? source.search(/^\s*constructor\(/m) : 0;
  if (from === -1) return "";
  let depth = 0;
  for (let at = source.indexOf("(", from), begin = at; at < source.length; at++) {
    if (source[at] === "(") depth++;
    if (source[at] === ")" && --depth === 0) return source.slice(begin + 1, at);
  }
  return "";
}

/** It describes what the library itself gave. */
const OF_GIVEN_VALUES = new Set(["describeDiagnostic"]);

/** Everything that takes settings: functions, constructors and the functions that open a class. */
const DOORS = Object.entries(ROOMS).flatMap(([room, exported]) =>
  Object.entries(exported).flatMap(([name, value]: [string, unknown]): [string, string][] => {
    if (typeof value !== "function" || OF_GIVEN_VALUES.has(name)) return [];
    const makers: unknown[] = [value, Reflect.get(value, "open"), Reflect.get(value, "from")];
    const takes = makers.some(
      (maker) =>
        typeof maker === "function" &&
        /\b(?:options|settings|definition|config|details)\b|\{/.test(
          parametersOf(Function.prototype.toString.call(maker)),
        ),
    );
    return takes ? [[room, name]] : [];
  }),
);

test("there are doors that take settings", () => {
  expect(DOORS.length).toBeGreaterThan(100);
});

test.each(DOORS)("%s: %s stands in a table of what it refuses", (_, name) => {
  expect(TABLES).toMatch(new RegExp(`\\b${name}\\b`));
});
