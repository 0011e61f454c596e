import { expect, test } from "vitest";
import { collect } from "../../../test/support/collect.js";
import { scripted } from "../../models/scripted.js";
import type { ChatEvent } from "../../stream/chat-event.js";
import type { ChatMessage } from "../../stream/message.js";
import { openRequests } from "../../tools/history.js";
import { approve, responseMessage } from "../../tools/input-response.js";
import { tool } from "../../tools/tool.js";
import { Agent } from "../agent.js";
import { plannedByModel } from "./planned.js";

const ASK: ChatMessage[] = [{ role: "user", content: "What does the trip cost?" }];
const PLAN = JSON.stringify({
  tasks: [
    { agent: "flights", task: "Find a flight." },
    { agent: "hotels", task: "Find a hotel near the airport." },
  ],
});
const used = (inputTokens: number): ChatEvent => ({ type: "usage", usage: { inputTokens } });
const plans = (events: readonly ChatEvent[]) =>
  events.flatMap((event) =>
    event.type === "data" && event.name === "agent/plan"
      ? [(event.value as { items: { status: string }[] }).items.map(({ status }) => status).join(" ")]
      : [],
  );
const speakers = (events: readonly ChatEvent[]) =>
  events.flatMap((event) => (event.type === "step-start" ? [event.agent] : []));

test("the planner plans, each does its task with what was found before, and the planner answers", async () => {
  const hotels = scripted([["A room is 80. ", used(5)]]);
  const planner = scripted([
    [PLAN, used(100)],
    ["180 in all.", used(50)],
  ]);
  const team = plannedByModel({
    members: [
      new Agent({ name: "flights", description: "knows flights", model: scripted([["A flight is 100. ", used(7)]]) }),
      new Agent({ name: "hotels", description: "knows hotels", model: hotels }),
    ],
    planner,
  });
  const stream = team.stream({ messages: ASK });
  const events = await collect(stream);
  expect(await stream.fullText).toBe("A flight is 100. A room is 80. 180 in all.");
  expect(speakers(events)).toEqual(["flights", "hotels", "planner"]);
  expect(plans(events)).toEqual(["running open", "done running", "done done"]);
  expect(await stream.usage).toMatchObject({ inputTokens: 162 });
  expect(planner.requests[0]?.messages[0]?.content).toContain("flights: knows flights\nhotels: knows hotels");
  expect(hotels.requests[0]?.messages.map(({ content }) => content)).toEqual([
    ASK[0]?.content,
    "flights: A flight is 100. ",
    "Find a hotel near the airport.",
  ]);
});

test("without tasks the planner answers; a member there is not, and no plan at all, are asked for again, once", async () => {
  const members = [new Agent({ name: "flights", model: scripted([["100. "]]) })];
  const direct = plannedByModel({ members, planner: scripted([['{"tasks":[]}'], ["Nothing."]]) });
  expect(await direct.stream({ messages: ASK }).fullText).toBe("Nothing.");
  const wrong = '{"tasks":[{"agent":"trains","task":"x"}]}';
  const right = '{"tasks":[{"agent":"flights","task":"x"}]}';
  const repaired = plannedByModel({ members, planner: scripted([[wrong], [right], ["So 100."]]) });
  expect(await repaired.stream({ messages: ASK }).fullText).toBe("100. So 100.");
  const lost = plannedByModel({ members, planner: scripted([["I cannot plan."], [wrong]]) });
  await expect(lost.stream({ messages: ASK }).fullText).rejects.toMatchObject({ code: "invalid-output" });
});

test("an answer that waits goes on with its plan, and the next question has a plan of its own", async () => {
  const pay = tool({ name: "pay", input: { type: "object" }, approval: true, run: () => "paid" });
  const make = (flights: string[][], planner: string[][]) =>
    plannedByModel({
      members: [
        new Agent({
          name: "flights",
          model: scripted(flights.map((lines) => lines.map((line) => (line === "pay" ? callOf("pay") : line)))),
          tools: [pay],
        }),
        new Agent({ name: "hotels", model: scripted([["A room. "]]) }),
      ],
      planner: scripted(planner),
    });
  const first = make([["pay"]], [[PLAN]]).stream({ messages: ASK });
  expect(await first.finishReason).toBe("input-required");
  const asked = [...ASK, ...(await first.messages)];
  const messages = [...asked, responseMessage(approve(openRequests(asked)[0]?.id ?? ""))];
  const second = make([["A flight. "]], [["All booked."]]).stream({ messages });
  const events = await collect(second);
  expect(await second.fullText).toBe("A flight. A room. All booked.");
  expect([...new Set(speakers(events))]).toEqual(["flights", "hotels", "planner"]);
  expect(plans(events)).toEqual(["done running", "done done"]);

  const again: ChatMessage[] = [...messages, ...(await second.messages), { role: "user", content: "And back?" }];
  const third = make([["Another. "]], [['{"tasks":[{"agent":"flights","task":"Back."}]}'], ["Booked too."]]);
  expect(await third.stream({ messages: again }).fullText).toBe("Another. Booked too.");
});

test("a member called planner, no members and misspelt settings are refused", () => {
  const planner = scripted([]);
  const member = new Agent({ name: "planner", model: planner });
  expect(() => plannedByModel({ members: [member], planner })).toThrow("a name that no other member has");
  expect(() => plannedByModel({ members: [], planner })).toThrow("at least one agent");
  expect(() => plannedByModel({ member: [member], planner } as never)).toThrow("did you mean members?");
});

function callOf(name: string): ChatEvent {
  return { type: "tool-call", callId: "p", name, input: {} };
}
