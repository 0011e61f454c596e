import type { Client } from "@a2a-js/sdk/client";
import type { ChatModel } from "../../stream/chat-model.js";
import { callable, exactly, filledString, stringRecord } from "../../stream/checks.js";
import { SluiceError } from "../../stream/error.js";
import { defineModel } from "../define-model.js";
import { answerOf } from "./a2a-answer.js";
import { connect } from "./a2a-client.js";

/** Settings of `a2aModel`. */
export interface A2aModelOptions {
  /** The agent's address, or that of its card, where that ends in `.json`. */
  url: string;
  /** Sent with every request: a key, for example. */
  headers?: Readonly<Record<string, string>>;
  /** Default: `a2a/` and the host. */
  id?: string;
  /** Default: the runtime's. */
  fetch?: typeof fetch;
}

const OPTIONS = exactly("a2aModel", {
  url: { required: filledString },
  headers: stringRecord,
  id: filledString,
  fetch: callable,
});

/**
 * An agent elsewhere, that speaks A2A (1.0 or 0.3), as a chat model: a member of a team, a tool, a step of a workflow. Its answers in
 * one conversation is one context there: the answer's message carries its id, so that the next turn sends only what is new.
 * Where the agent asks something, the stream ends with an `input-request` and the reason `input-required`, and an
 * `input-response` goes on with the task. A reader who leaves cancels it.
 *
 * @throws {SluiceError} `invalid-argument` for an unknown option or an invalid address.
 * @example
 * ```ts
 * import { stream } from "sluice";
 * import { a2aModel } from "sluice/models";
 *
 * const recipes = a2aModel({ url: "https://agents.example.com/a2a/recipes", headers: { authorization: "Bearer …" } });
 * for await (const text of stream(recipes, "Something with beans?").text) console.log(text);
 * ```
 */
export function a2aModel(options: A2aModelOptions): ChatModel {
  OPTIONS(options, "");
  const { url } = options;
  if (!URL.canParse(url)) throw new SluiceError("invalid-argument", `url: ${url} is no address`, { field: "url" });
  const id = options.id ?? `a2a/${new URL(url).host}`;
  let client: Promise<Client> | undefined;
  return defineModel({
    id,
    async *stream(request, { signal }) {
      client ??= connect(options);
      // One that could not be made is made again by the next call.
      client.catch(() => {
        client = undefined;
      });
      yield* answerOf(await client, request, { signal, id });
    },
  });
}
