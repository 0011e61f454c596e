import { expect, test } from "vitest";
import { Conversation } from "../../src/chat/conversation.js";
import { generate } from "../../src/chat/generate.js";
import { object } from "../../src/chat/object.js";
import { stream } from "../../src/chat/stream.js";
import { guard } from "../../src/guards/guard.js";
import { pii } from "../../src/guards/pii/pii.js";
import { toAiSdk } from "../../src/models/ai-sdk/to-ai-sdk.js";
import { echo } from "../../src/models/echo.js";
import { fallback } from "../../src/models/fallback.js";
import { modelOf } from "../../src/models/model-of.js";
import { record } from "../../src/models/record.js";
import { simulate } from "../../src/models/simulate.js";
import { withTools } from "../../src/tools/with-tools.js";

test("a model stays itself, and a name is looked up", () => {
  const model = echo();
  expect(modelOf(model)).toBe(model);
  expect(modelOf("echo").id).toBe("echo");
  expect(() => modelOf("opnai/gpt-5")).toThrow("did you mean openai/gpt-5");
});

/** Every door that takes a model, as somebody without types may call it. */
const DOORS: Record<string, (value: never) => unknown> = {
  stream: (value) => stream(value, "Hi"),
  object: (value) => object(value, { type: "object" }, "Hi"),
  Conversation: (value) => new Conversation({ model: value }),
  fallback: (value) => fallback([value]),
  guard: (value) => guard(value, pii()),
  withTools: (value) => withTools(value, []),
  simulate: (value) => simulate(value),
  record: (value) => record(value, "file"),
  toAiSdk: (value) => toAiSdk(value),
};

const NONE: unknown[] = [undefined, null, {}, 3, { stream: true }, ""];

test.each(Object.keys(DOORS))("%s refuses what is no model, naming the field", (door) => {
  for (const value of NONE) {
    expect(() => DOORS[door]?.(value as never)).toThrow(
      expect.objectContaining({ code: "invalid-argument", message: expect.stringMatching(/^models?(\[0\])?: found/) }),
    );
  }
});

test("generate rejects", async () => {
  await expect(generate({} as never, "Hi")).rejects.toMatchObject({ code: "invalid-argument" });
});

test("a fallback takes names", () => {
  expect(fallback(["echo", echo({ id: "b" })]).id).toBe("fallback(echo, b)");
});
