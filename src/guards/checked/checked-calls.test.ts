import { describe, expect, test } from "vitest";
import { checkedAnswer, usage, verdictEvent } from "../../../test/support/checked-answer.js";
import type { ChatEvent } from "../../stream/chat-event.js";
import type { CheckedText, Verdict } from "./define-guard.js";

describe("tool calls and state", () => {
  const delta = (said: string): ChatEvent => ({ type: "tool-input-delta", callId: "1", name: "sh", delta: said });
  const call = (input: { cmd: string }): ChatEvent => ({ type: "tool-call", callId: "1", name: "sh", input });
  const channels = ["tool-call"] as const;

  test("arguments pass when the call is complete and was checked", async () => {
    const seen: CheckedText[] = [];
    const events = await checkedAnswer([delta('{"cmd":'), delta('"ls"}'), call({ cmd: "ls" })], {
      channels,
      check: (piece) => void seen.push(piece),
    });
    expect(seen).toEqual([{ direction: "output", channel: "tool-call", text: '{"cmd":"ls"}', before: "", tool: "sh" }]);
    expect(events.slice(0, -1)).toEqual([delta('{"cmd":'), delta('"ls"}'), call({ cmd: "ls" })]);
  });

  test("a blocked call is never seen, a replaced one is seen as replaced", async () => {
    expect(await checkedAnswer([delta('{"cmd":"BAD"}'), call({ cmd: "BAD" })], { channels })).toMatchObject([
      verdictEvent("block", "a bad word"),
      { type: "finish", reason: "content-filter" },
    ]);
    const replaced = await checkedAnswer([delta('{"cmd":'), delta('"SAY"}'), call({ cmd: "SAY" })], { channels });
    expect(replaced.slice(1, -1)).toEqual([delta('{"cmd":"[…]"}'), call({ cmd: "[…]" })]);
  });

  test("arguments replaced with what is no JSON are an error", async () => {
    const check = (): Verdict => ({ action: "replace", text: "no" });
    await expect(checkedAnswer([call({ cmd: "x" })], { channels, check })).rejects.toMatchObject({
      code: "guard-failed",
    });
  });

  test("the signature of reasoning that was replaced is dropped, any other kept", async () => {
    const signed = (said: string): ChatEvent => ({
      type: "reasoning-delta",
      text: said,
      opaque: { dialect: "anthropic", data: "s" },
    });
    const plain = (said: string): ChatEvent => ({ type: "reasoning-delta", text: said });
    const options = { channels: ["reasoning"] as const };
    expect((await checkedAnswer([plain("Good."), signed("")], options)).slice(0, -1)).toEqual([
      plain("Good."),
      signed(""),
    ]);
    expect((await checkedAnswer([plain("SAY."), signed("")], options)).slice(0, -1)).toEqual([
      verdictEvent("replace", "not to be said"),
      plain("[…]."),
      verdictEvent("opaque-dropped", "the provider's state belongs to reasoning whose text was changed"),
    ]);
  });

  test("the step that runs is ended, too", async () => {
    const step: ChatEvent = { type: "step-start", step: 3, model: "m" };
    const events = await checkedAnswer([step, usage, "BAD."]);
    const used = { inputTokens: 3, outputTokens: 4 };
    expect(events.slice(-2)).toEqual([
      { type: "step-finish", step: 3, reason: "content-filter", usage: used },
      { type: "finish", reason: "content-filter", usage: used },
    ]);
  });
});
