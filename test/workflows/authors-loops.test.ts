import { expect, test } from "vitest";
import type { JsonObject, JsonValue } from "../../src/base/json.js";
import { type AuthorsWorkflow, chat, from, given, output, runAuthorsWorkflow } from "./authors-workflow.js";

/** A loop whose body leads elsewhere. */
const LEAVING = (routes: JsonObject): JsonValue[] => [
  {
    id: "each",
    type: "loop",
    config: {
      loop_body: [
        chat("try", "Do {current_item}, {$iteration_context.iteration_count} of $iteration_context.total_items"),
        {
          id: "check",
          type: "condition",
          config: { condition_type: "field_value", field_to_check: "said" },
          inputs: { said: from("try", "response") },
          routes,
        },
        chat("polish", "Polish {current_item}"),
      ],
    },
    inputs: { items_to_process: ["a", "b"] },
    next_step: "good",
  },
  { id: "broken", type: "output", inputs: { failed: "yes" } },
  { id: "good", type: "output", inputs: { all: from("each", "results") } },
];

const WORKFLOWS: Record<string, AuthorsWorkflow> = {
  "a loop whose texts name what it is at": {
    steps: [
      { id: "i", type: "input", config: { value: ["a", "b", "c"] }, outputs: ["items"] },
      {
        id: "l",
        type: "loop",
        config: {
          loop_type: "iterate_list",
          max_iterations: 10,
          loop_body: [
            {
              id: "x",
              type: "llm_chat",
              inputs: {
                message: "Item {current_item} number $iteration_context.iteration_count",
                item: "$current_item",
              },
              outputs: ["summary"],
            },
            {
              id: "y",
              type: "llm_chat",
              inputs: {
                message: {
                  template: "Refine {s} of {n}",
                  s: { from_step: "x", field: "summary" },
                  n: "$iteration_context.total_items",
                },
              },
            },
          ],
        },
        inputs: { items_to_process: { from_step: "i", field: "items" } },
        outputs: ["all_step_results", "successful_iterations"],
      },
      {
        id: "o",
        type: "output",
        inputs: {
          all: { from_step: "l", field: "all_step_results" },
          n: { from_step: "l", field: "successful_iterations" },
        },
      },
    ],
    output: { all: expect.any(Array), n: 3 },
    prompts: [
      "Item a number 1",
      "Refine A1 of 3",
      "Item b number 2",
      "Refine A3 of 3",
      "Item c number 3",
      "Refine A5 of 3",
    ],
  },
  "a way back with $iteration_context": {
    more: { name: "lb", config: { max_iterations: 5 } },
    steps: [
      {
        id: "draft",
        type: "llm_chat",
        max_iterations: 3,
        preserve_previous_results: true,
        inputs: {
          message: {
            template: "Draft {n}: improve {prev}",
            n: "$iteration_context.iteration_count",
            prev: "$iteration_context.previous_result.response",
          },
        },
      },
      {
        id: "check",
        type: "condition",
        config: {
          condition_type: "simple_comparison",
          left_value: "$iteration_context.iteration_count",
          operator: "<",
          right_value: 2,
        },
        inputs: { d: { from_step: "draft" } },
        routes: { true: "draft", false: "done" },
      },
      { id: "done", type: "output", inputs: { final: { from_step: "draft", field: "response" } } },
    ],
    output: { final: "A2" },
    prompts: ["Draft 1: improve ", "Draft 2: improve A1"],
  },
  "a loop's body that goes on with the next item": {
    steps: LEAVING({ ok: "polish", skip: "continue" }),
    answers: ["skip", "ok"],
    output: { all: [expect.anything(), "A3"] },
    prompts: ["Do a, 1 of 2", "Do b, 2 of 2", "Polish b"],
  },
  "a loop's body that leaves it for a step beside it": {
    steps: LEAVING({ ok: "polish", fail: "broken" }),
    answers: ["fail"],
    output: { failed: "yes" },
    prompts: ["Do a, 1 of 2"],
  },
  "a loop's body that breaks": {
    steps: LEAVING({ ok: "polish", enough: "break" }),
    answers: ["ok", "A2", "enough"],
    output: { all: ["A2", expect.anything()] },
    prompts: ["Do a, 1 of 2", "Polish a", "Do b, 2 of 2"],
  },
  "a loop's body that tries an item again keeps the count of items": {
    steps: LEAVING({ ok: "polish", retry: "try" }),
    answers: ["retry", "ok", "P", "ok"],
    output: { all: ["P", "A5"] },
    prompts: ["Do a, 1 of 2", "Do a, 1 of 2", "Polish a", "Do b, 2 of 2", "Polish b"],
  },
  "loop.over with a step, and items by both of their names": {
    steps: [
      given("list", ["a", "b"], { outputs: ["names"] }),
      chat("each", "Do {item} / $current_item / {{ current_item }}", { loop: { over: from("list", "names") } }),
      output({ all: from("each", "response") }),
    ],
    output: { all: ["A1", "A2"] },
    prompts: ["Do a / a / a", "Do b / b / b"],
  },
  "the count of a loop by its usual names": {
    steps: [
      {
        id: "l",
        type: "loop",
        config: { loop_body: [chat("s", "{item} {index} {loop_index} {iteration_count}", { outputs: ["t"] })] },
        inputs: { items: ["x", "y"] },
      },
      output({ n: from("l", "total_iterations") }),
    ],
    output: { n: 2 },
    prompts: ["x 0 0 1", "y 1 1 2"],
  },
};

test.each(Object.entries(WORKFLOWS))("%s", (_, workflow) => runAuthorsWorkflow(workflow));
