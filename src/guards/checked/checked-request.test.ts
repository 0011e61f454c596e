import { describe, expect, test } from "vitest";
import { later, verdictOn } from "../../../test/support/checked-answer.js";
import { scripted } from "../../models/scripted.js";
import { guard } from "../guard.js";
import { type CheckedText, defineGuard, type GuardDefinition } from "./define-guard.js";

describe("a request", () => {
  const ask = (content: string, definition: Partial<GuardDefinition> = {}) => {
    const model = scripted([["Hi"]]);
    const own = defineGuard({ name: "words", check: verdictOn, ...definition });
    return { model, stream: guard(model, own).stream({ messages: [{ role: "user", content }] }) };
  };

  test.each([verdictOn, later])("that is blocked is refused before the provider is asked", async (check) => {
    const { model, stream } = ask("BAD", { check });
    await expect(stream.fullText).rejects.toMatchObject({
      code: "blocked",
      message: "the guard words refused the request: a bad word",
    });
    expect(model.requests).toEqual([]);
  });

  test("is replaced in part, and passes as it is where nothing is wrong", async () => {
    const { model, stream } = ask("SAY it");
    expect(await stream.fullText).toBe("Hi");
    expect(model.requests[0]?.messages).toEqual([{ role: "user", content: "[…] it" }]);
    const same = ask("Fine");
    await same.stream.fullText;
    expect(same.model.requests[0]?.messages[0]?.content).toBe("Fine");
  });

  test("is checked with the role of each text, results of tools included, each text once", async () => {
    const seen: CheckedText[] = [];
    const model = scripted([["Hi"]]);
    const own = defineGuard({ name: "x", directions: ["input"], check: (piece) => void seen.push(piece) });
    const call = { callId: "1", name: "t" };
    await guard(model, own).stream({
      messages: [
        { role: "system", content: "s" },
        { role: "user", content: "u" },
        { role: "assistant", content: [{ type: "tool-call", ...call, input: { a: "i" } }] },
        { role: "tool", content: [{ type: "tool-result", ...call, output: ["o", "o"] }] },
        { role: "user", content: "u" },
      ],
    }).fullText;
    expect(seen.map((piece) => (piece.direction === "input" ? `${piece.role} ${piece.text}` : ""))).toEqual([
      "system s",
      "user u",
      "assistant i",
      "tool o",
    ]);
  });

  test("is not asked about where the guard looks at answers alone", async () => {
    expect(await ask("BAD", { directions: ["output"] }).stream.fullText).toBe("Hi");
  });
});
