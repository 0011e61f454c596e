import { expect, test } from "vitest";
import * as agents from "../../src/agents/index.js";
import * as chat from "../../src/chat/index.js";
import * as dapr from "../../src/dapr/index.js";
import * as dialects from "../../src/dialects/index.js";
import * as guards from "../../src/guards/index.js";
import * as root from "../../src/index.js";
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
  root,
  stream,
  runs,
  dialects,
  structured,
  models,
  chat,
  guards,
  server,
  dapr,
  telemetry,
  tools,
  agents,
  workflows,
  speech,
};

/**
 * What is asked for each event, text, frame or run, of values that the library itself gave, or of an environment: it looks at
 * nothing beside.
 */
const OF_GIVEN_VALUES = new Set([
  ...[
    "addUsage",
    "totalTokens",
    "textOf",
    "cost",
    "statisticsOf",
    "configuredProviders",
    "defaultPrices",
    "chatConfig",
  ],
  ...[
    "estimateTokens",
    "splitTokens",
    "splitSentences",
    "looksComplete",
    "parseJson",
    "parseDotEnv",
    "hashOf",
    "findPlayer",
  ],
  ...["isProviderTool", "endsRun", "entryAfter", "seqAfter", "stringifyEnvelope", "formatPath"],
  ...["describeDiagnostic", "toMermaid", "toSvg"],
]);

type Loose = (...values: unknown[]) => unknown;

/** Every exported function, by its room and name. Classes are made of what a function gave. */
const DOORS = Object.entries(ROOMS).flatMap(([room, exported]) =>
  Object.entries(exported).flatMap(([name, value]: [string, unknown]): [string, Loose][] =>
    typeof value === "function" &&
    !/^class\b/.test(Function.prototype.toString.call(value)) &&
    !OF_GIVEN_VALUES.has(name)
      ? [[`${room}: ${name}`, value as Loose]]
      : [],
  ),
);

test("there are doors to try", () => {
  expect(DOORS.length).toBeGreaterThan(150);
});

test.each(DOORS)("%s refuses in words what is missing", async (_, door) => {
  for (const values of [[], [null], [{}, null], [null, null]]) {
    const outcome = (async () => door(...values))();
    // What it gives is not used: a stream that nobody reads sends nothing.
    await outcome.catch((thrown: unknown) => expect(thrown).toMatchObject({ name: "SluiceError" }));
  }
});
