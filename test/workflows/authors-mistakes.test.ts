import { expect, test } from "vitest";
import type { JsonValue } from "../../src/base/json.js";
import { chat } from "./authors-workflow.js";
import { problems } from "./play.js";

test.each<[what: string, steps: JsonValue, path: string, says: RegExp]>([
  [
    "a text as a loop's body",
    [chat("a", "x", { loop: { over: ["a"], body: "do it" } })],
    "steps[0].loop.body",
    /leave it out/,
  ],
  ["a name that is none", [chat("a", "Hi {{ name ?? 'you' }}")], "steps[0].inputs.message", /\?\? is no name/],
  [
    "what is done with a failure, mistyped",
    [chat("a", "x", { on_error: { gotto: "b" } }), chat("b", "y")],
    "steps[0].on_error.gotto",
    /did you mean goto/,
  ],
  [
    "the ids of steps as a body",
    [{ id: "l", type: "loop", config: { loop_body: ["a"] }, inputs: { items: ["x"] } }],
    "steps[0].config.loop_body[0]",
    /steps themselves/,
  ],
  [
    "an id as a body",
    [{ id: "l", type: "loop", config: { loop_body: "a" }, inputs: { items: ["x"] } }],
    "steps[0].config.loop_body",
    /steps themselves/,
  ],
  [
    "a type of a schema that is mistyped",
    [{ id: "s", type: "llm_structured", config: { response_schema: { n: "integr" } }, inputs: { message: "x" } }],
    "steps[0]",
    /there is no type "integr"/,
  ],
  [
    "a way out of a body that leads nowhere",
    [
      {
        id: "l",
        type: "loop",
        config: { loop_body: [chat("x", "y", { routes: { a: "zzz" } })] },
        inputs: { items: ["x"] },
      },
    ],
    "steps[0].config.loop_body[0].routes.a",
    /continue for the next item/,
  ],
])("%s is said, with what to do", async (_, steps, path, says) => {
  const found = await problems(steps);
  const one = found.find((problem) => problem.path === path);
  expect(`${one?.message} — ${one?.suggestion}`, JSON.stringify(found)).toMatch(says);
  expect(one?.severity).toBe("error");
});
