import { afterEach } from "vitest";
import type { HttpModelOptions } from "../../src/models/http/http-model.js";
import type { ChatStream } from "../../src/stream/chat-stream.js";
import { SluiceError } from "../../src/stream/error.js";
import { modelAt, REQUEST } from "./chat-answer.js";
import { type Behaviour, FaultServer } from "./fault-server.js";

/** The server of a test, stopped after it. */
export interface Faults {
  server: FaultServer | undefined;
  /** Asks a server that does these things, one a request. */
  ask(options: Partial<HttpModelOptions>, ...behaviours: Behaviour[]): Promise<ChatStream>;
}

/** A server with faults for each test of the file that calls this. */
export function useFaultServer(): Faults {
  const faults: Faults = {
    server: undefined,
    async ask(options, ...behaviours) {
      faults.server = await FaultServer.start(...behaviours);
      return modelAt(faults.server, options).stream(REQUEST);
    },
  };
  afterEach(async () => {
    await faults.server?.stop();
    faults.server = undefined;
  });
  return faults;
}

/** The error that ends a stream. */
export async function failureOf(stream: ChatStream): Promise<SluiceError> {
  const error = await stream.fullText.catch((thrown: unknown) => thrown);
  if (error instanceof SluiceError) return error;
  throw new Error(`the stream did not fail: ${String(error)}`);
}
