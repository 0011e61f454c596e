import { expect, test } from "vitest";
import { collect } from "../../../test/support/collect.js";
import { call } from "../../../test/support/tool-events.js";
import { Conversation } from "../../chat/conversation.js";
import { scripted } from "../../models/scripted.js";
import type { ChatEvent } from "../../stream/chat-event.js";
import { openRequests } from "../../tools/history.js";
import { approve, responseMessage } from "../../tools/input-response.js";
import { tool } from "../../tools/tool.js";
import { Agent } from "../agent.js";
import { chosenByModel } from "./chosen.js";
import { handOff } from "./hand-off.js";
import { debate, roundRobin } from "./round-robin.js";

const ASK = { messages: [{ role: "user" as const, content: "Go." }] };
const speakers = (events: readonly ChatEvent[]) =>
  events.flatMap((event) => (event.type === "step-start" ? [event.agent] : []));

test("members speak in turn, each step says who, and each sees what the others said", async () => {
  const [a, b] = [scripted([["A1"], ["A2"]]), scripted([["B1"], ["B2"]])];
  const members = [new Agent({ name: "ann", model: a }), new Agent({ name: "bob", model: b })];
  const stream = roundRobin({ members, rounds: 2 }).stream(ASK);
  const events = await collect(stream);
  expect(speakers(events)).toEqual(["ann", "bob", "ann", "bob"]);
  expect(await stream.fullText).toBe("A1B1A2B2");
  expect(a.requests[1]?.messages.map(({ content }) => content)).toEqual([
    "Go.",
    expect.arrayContaining([{ type: "text", text: "A1" }]),
    "bob: B1",
  ]);
});

test("a team in a team is a path of names", async () => {
  const inner = roundRobin({ members: [new Agent({ name: "ann", model: scripted([["A"]]) })], name: "desk" });
  expect(speakers(await collect(roundRobin({ members: [inner] }).stream(ASK)))).toEqual(["desk/ann"]);
});

test("a debate ends with its judge", async () => {
  const agents = ["pro", "con", "judge"].map(
    (name) => new Agent({ name, model: scripted([[`${name}. `], [`${name}! `]]) }),
  );
  const [pro, con, judge] = agents as [Agent, Agent, Agent];
  const stream = debate({ members: [pro, con], judge, rounds: 2 }).stream(ASK);
  expect(await stream.fullText).toBe("pro. con. pro! con! judge. ");
});

test("a model chooses who speaks; a name that there is not is asked for again, once", async () => {
  const members = ["ann", "bob"].map(
    (name) => new Agent({ name, description: `is ${name}`, model: scripted([[`I am ${name}.`]]) }),
  );
  expect(await chosenByModel({ members, chooser: scripted([["Nobody"], ["Bob."]]) }).stream(ASK).fullText).toBe(
    "I am bob.",
  );
  const lost = chosenByModel({ members, chooser: scripted([["x"], ["y"]]) });
  await expect(lost.stream(ASK).fullText).rejects.toMatchObject({ code: "invalid-output" });
});

test("what the chooser used is part of the answer's usage", async () => {
  const used = (inputTokens: number, outputTokens: number): ChatEvent => ({
    type: "usage",
    usage: { inputTokens, outputTokens },
  });
  const chooser = scripted([
    ["ann", used(10, 1)],
    ["done", used(20, 2)],
  ]);
  const members = [new Agent({ name: "ann", model: scripted([["Hi.", used(100, 5)]]) })];
  const stream = chosenByModel({ members, chooser, maxTurns: 3 }).stream(ASK);
  expect(await stream.usage).toMatchObject({ inputTokens: 130, outputTokens: 8 });
});

test("an agent hands the conversation over, and who has it keeps it", async () => {
  const refunds = scripted([["Refunded."], ["Still here."]]);
  const desk = new Agent({ name: "desk", model: scripted([["One moment. ", call("1", "hand_over_to_refunds")]]) });
  const members = [desk, new Agent({ name: "refunds", description: "gives money back", model: refunds })];
  const team = handOff({ members });
  const first = team.stream(ASK);
  const events = await collect(first);
  expect(speakers(events)).toEqual(["desk", "refunds"]);
  expect(await first.fullText).toBe("One moment. Refunded.");
  const messages = [...ASK.messages, ...(await first.messages), { role: "user" as const, content: "Thanks." }];
  expect(await team.stream({ messages }).fullText).toBe("Still here.");
});

// openai/openai-agents-python#771: of two hand-offs in one answer one counts, and the other is told so.
test("of two hand-offs in one answer the first has the conversation, and the second is an error", async () => {
  const desk = new Agent({
    name: "desk",
    model: scripted([[call("1", "hand_over_to_ann"), call("2", "hand_over_to_bob")]]),
  });
  const ann = scripted([["Ann speaks."]]);
  const bob = new Agent({ name: "bob", model: scripted([]) });
  const stream = handOff({ members: [desk, new Agent({ name: "ann", model: ann }), bob] }).stream(ASK);
  expect(await stream.fullText).toBe("Ann speaks.");
  const results = ann.requests[0]?.messages.flatMap(({ role, content }) => (role === "tool" ? content : []));
  expect(results).toMatchObject([
    { callId: "1", output: "ann has the conversation now." },
    { callId: "2", output: "ann has the conversation already, and bob does not get it as well", isError: true },
  ]);
});

test("a hand-off that is denied is none: whoever has the conversation answers", async () => {
  const desk = new Agent({
    name: "desk",
    model: scripted([[call("1", "hand_over_to_refunds")], ["No refunds today."]]),
    hooks: { beforeTool: ({ context }) => (context.caller === "guest" ? { deny: "not for guests" } : undefined) },
  });
  const team = handOff({ members: [desk, new Agent({ name: "refunds", model: scripted([["Refunded."]]) })] });
  expect(await team.stream(ASK, { context: { caller: "guest" } }).fullText).toBe("No refunds today.");
});

test("routes that are no lists of names are refused", () => {
  const members = [new Agent({ name: "a", model: scripted([]) }), new Agent({ name: "b", model: scripted([]) })];
  for (const routes of [{ a: "b" }, { a: null }, [], "b"])
    expect(() => handOff({ members, routes } as never)).toThrow(/^routes.*allowed: .*names/);
});

test("members are chosen by any name", async () => {
  const members = ["Büro Süd", "büro-nord"].map((name) => roundRobin({ name, members: [agentOf(name)] }));
  for (const said of ["Büro Süd", '"Büro Su\u0308d".', "**büro süd**"])
    expect(await chosenByModel({ members, chooser: scripted([[said]]) }).stream(ASK).fullText).toBe("Büro Süd");
});

function agentOf(text: string): Agent {
  return new Agent({ model: scripted([[text], [text], [text]]) });
}

test("hand-offs in a circle end, with an answer", async () => {
  const agent = (name: string, other: string) =>
    new Agent({
      name,
      model: scripted([
        [call("1", `hand_over_to_${other}`)],
        [call("2", `hand_over_to_${other}`)],
        [`${name} answers.`],
      ]),
    });
  const stream = handOff({ members: [agent("a", "b"), agent("b", "a")], maxHandOffs: 2 }).stream(ASK);
  expect(await stream.finishReason).not.toBe("tool-calls");
  expect(() => handOff({ members: [agent("a", "b")], routes: { a: ["c"] } })).toThrow("routes.a");
});

test("an approval inside a team waits, and the member that asked goes on", async () => {
  const pay = tool({ name: "pay", input: { type: "object" }, approval: true, run: () => "paid" });
  const make = () => {
    const model = scripted([[call("p", "pay")]]);
    return roundRobin({
      members: [
        new Agent({ name: "ann", model: scripted([["Hello. "]]) }),
        new Agent({ name: "bob", model: made++ === 0 ? model : scripted([["Paid."]]), tools: [pay] }),
      ],
    });
  };
  let made = 0;
  const first = make().stream(ASK);
  expect(await first.finishReason).toBe("input-required");
  const messages = [...ASK.messages, ...(await first.messages)];
  const [request] = openRequests(messages);
  const second = make().stream({ messages: [...messages, responseMessage(approve(request?.id ?? ""))] });
  const events = await collect(second);
  expect(speakers(events)[0]).toBe("bob");
  expect(events).toContainEqual(expect.objectContaining({ type: "tool-result", output: "paid" }));
});

test("teams refuse members of one name, and none", () => {
  const twin = new Agent({ name: "a", model: scripted([]) });
  expect(() => roundRobin({ members: [twin, twin] })).toThrow("members[1].name");
  expect(() => roundRobin({ members: [] })).toThrow("at least one agent");
  expect(() => roundRobin({ member: [twin] } as never)).toThrow("did you mean members?");
});

// openai/openai-agents-js#1768: a call that waits for approval beside a hand-off: it is asked first, and then handed over.
test("a hand-off beside a call that waits follows once that is answered", async () => {
  let paid = 0;
  const pay = tool({ name: "pay", input: { type: "object" }, approval: true, run: () => `paid ${++paid}` });
  const both: ChatEvent[] = ["pay", "hand_over_to_books"].map((name) => ({
    type: "tool-call",
    callId: name,
    name,
    input: {},
  }));
  const desk = scripted([both]);
  const books = scripted([["It is booked."]]);
  const team = handOff({
    members: [new Agent({ name: "desk", model: desk, tools: [pay] }), new Agent({ name: "books", model: books })],
  });
  const conversation = new Conversation({ model: team });
  expect(await conversation.stream("Pay.").finishReason).toBe("input-required");
  expect(books.requests).toHaveLength(0);
  const [request] = openRequests((await conversation.messages()).map(({ message }) => message));
  const resumed = conversation.stream(responseMessage(approve(request?.id ?? "")));
  expect(await resumed.fullText).toBe("It is booked.");
  expect(paid).toBe(1);
  expect(desk.requests).toHaveLength(1);
});
