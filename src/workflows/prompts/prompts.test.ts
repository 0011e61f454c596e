import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { failure } from "../../../test/support/failure.js";
import { scripted } from "../../models/scripted.js";
import { loadWorkflow } from "../workflow.js";
import { prompts, readPrompts } from "./prompts.js";

const greet = (version: string, status: string, said: string) => ({
  id: "greet",
  name: "Greeting",
  version: { version, changelog: "" },
  status,
  content: [
    { role: "system", content: "Be {{tone}}." },
    { role: "user", content: { template: said, variables: { tone: "dry" }, required_variables: ["name"] } },
  ],
});

test("the newest active version is used, else the newest that is in use; versions are numbers, not texts", async () => {
  const versions = [greet("1.9.0", "active", "nine"), greet("1.10.0", "active", "ten"), greet("2.0.0", "draft", "two")];
  const textOf = async (documents: typeof versions, version?: string) =>
    (await prompts(documents).render("greet", { name: "Ada" }, version)).messages[1]?.content;
  expect(await textOf(versions)).toBe("ten");
  expect(await textOf(versions, "1.9.0")).toBe("nine");
  expect(await textOf([greet("1.0.0", "deprecated", "old"), greet("0.9.0", "draft", "draft")])).toBe("draft");
  expect(await failure(textOf(versions, "3"))).toMatchObject({
    code: "not-found",
    message: "the prompt greet has no version 3; it has 1.9.0 (active), 1.10.0 (active), 2.0.0 (draft)",
  });
  expect(await failure(prompts(versions).render("great", {}))).toMatchObject({
    message: 'there is no prompt "great"; did you mean greet?',
  });
  expect(await failure(prompts(versions).render("greet", {}))).toMatchObject({
    code: "invalid-argument",
    message: "the prompt greet 1.10.0 needs name",
  });
  expect(() => prompts([...versions, greet("2.0.0", "active", "x")])).toThrow("each version of a prompt once");
  expect(() => prompts([{ id: "x", content: [{ role: "robot", content: "x" }] }])).toThrow(
    "prompts[0].content[0].role",
  );
});

test("a step's prompt_ref is filled in from a folder of files", async () => {
  const folder = mkdtempSync(join(tmpdir(), "sluice-prompts-"));
  const document = greet("1.0.0", "active", "{% if name %}Greet {{ name | upcase }} in a {{tone}} way.{% endif %}");
  writeFileSync(join(folder, "greet_v1.0.0.json"), JSON.stringify(document));
  const model = scripted([["Hello."]]);
  const workflow = await loadWorkflow(
    {
      steps: [
        { id: "tone", type: "input", config: { value: "warm" } },
        {
          id: "say",
          type: "llm_chat",
          prompt_ref: { prompt_id: "greet", context_variables: { name: "$who", tone: { from_step: "tone" } } },
          outputs: ["response", "prompt_version", "rendered_messages"],
        },
      ],
    },
    { model, prompts: await readPrompts(folder) },
  );
  const { results } = await workflow.run({ inputs: { who: "Ada" } }).result;
  expect(model.requests[0]?.messages).toMatchObject([
    { role: "system", content: "Be warm." },
    { role: "user", content: "Greet ADA in a warm way." },
  ]);
  expect(results.say).toMatchObject({ response: "Hello.", prompt_version: "1.0.0" });
  rmSync(folder, { recursive: true });
});
