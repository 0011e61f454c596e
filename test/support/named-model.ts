import { expect, onTestFinished } from "vitest";
import { model } from "../../src/models/named-model.js";
import type { ModelOptions } from "../../src/models/provider-service.js";
import { SluiceError } from "../../src/stream/error.js";
import { FRAMES, REQUEST, TEXT } from "../faults/chat-answer.js";
import { type Behaviour, FaultServer } from "../faults/fault-server.js";

/** A service for one test, stopped when that is over. */
export async function startServer(...behaviours: Behaviour[]): Promise<FaultServer> {
  const server = await FaultServer.start(...behaviours);
  onTestFinished(() => server.stop());
  return server;
}

/** The error with which a model of this name is refused. */
export function refusal(id: string, options: ModelOptions = {}): SluiceError {
  try {
    model(id, { env: {}, ...options });
  } catch (error) {
    if (error instanceof SluiceError) return error;
    throw error;
  }
  throw new Error(`${id} was not refused`);
}

/** What a call of the model sends, first thing. */
export async function sent(
  id: string,
  options: ModelOptions,
  frames = FRAMES,
): Promise<{ url: string; headers: Record<string, string> }> {
  let request: { url: string; headers: Record<string, string> } | undefined;
  const fetch = async (url: unknown, init?: RequestInit) => {
    request = { url: String(url), headers: Object.fromEntries(new Headers(init?.headers)) };
    return new Response(frames.join(""), { headers: { "content-type": "text/event-stream" } });
  };
  const chat = model(id, { env: {}, ...options, fetch: fetch as typeof globalThis.fetch });
  expect(await chat.stream(REQUEST).fullText).toBe(TEXT);
  if (request === undefined) throw new Error("nothing was sent");
  return request;
}
