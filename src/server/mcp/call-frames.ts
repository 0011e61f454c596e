import type { RunReader } from "../../runs/run-log.js";
import type { Envelope } from "../../stream/envelope.js";
import { messageOf } from "../../stream/error.js";
import { writeSse } from "../../stream/framing/write-frame.js";
import type { BodySource, ServerCall } from "../call.js";
import type { ServerCore } from "../server-core.js";
import { runOf, type TaskTurn, turnOf } from "../tasks/task-turns.js";
import { CallWriter, failure, type McpCall } from "./call-writer.js";
import { rpcResult } from "./json-rpc.js";

/** The place of a message in a call's stream: a turn, and an event in it. */
export interface CallPlace {
  turn: number;
  seq: number;
}

/** What a call's stream begins with. */
export interface CallFramesSettings {
  mcpCall: McpCall;
  /** The first one, and a reader of it from its beginning. */
  turn: TaskTurn;
  reader: RunReader;
  /** The last message that the client has. Default: none. */
  after?: CallPlace;
  /** Whether the first event says no more than where the stream can be taken up again. Default false. */
  primed?: boolean;
}

/** The messages of a call as server-sent events, over all of its turns; each has its place as its id. */
export class CallFrames implements BodySource {
  // A comment, which readers of server-sent events skip (WHATWG HTML, 9.2.6).
  readonly keepAlive = ": keep-alive\n\n";
  readonly #core: ServerCore;
  readonly #call: ServerCall;
  readonly #mcpCall: McpCall;
  readonly #writer: CallWriter;
  readonly #after: CallPlace;
  #turn: TaskTurn;
  #reader: RunReader;
  /** What is sent before anything is known, so that the client has the answer's head. */
  #first: string | undefined;
  #over = false;

  constructor(core: ServerCore, call: ServerCall, settings: CallFramesSettings) {
    const { mcpCall, turn, reader, after = { turn: 0, seq: 0 }, primed = false } = settings;
    this.#core = core;
    this.#call = call;
    this.#mcpCall = mcpCall;
    this.#writer = new CallWriter(mcpCall, turn);
    this.#turn = turn;
    this.#reader = reader;
    this.#after = after;
    this.#first = primed ? writeSse({ ...this.#idOf(-1), data: "" }) : this.keepAlive;
    call.onLeave(() => this.cancel());
  }

  async next(): Promise<string | undefined> {
    const first = this.#first;
    this.#first = undefined;
    if (first !== undefined) return first;
    try {
      while (!this.#over) {
        const text = await this.#read();
        if (text !== "") return text;
      }
      return undefined;
    } catch (thrown) {
      if (this.#over) return undefined;
      this.#over = true;
      return writeSse({ data: JSON.stringify(rpcResult(this.#mcpCall.id, failure(messageOf(thrown)))) });
    }
  }

  cancel(): void {
    this.#over = true;
    this.#reader.cancel();
  }

  /** What the next entry says; empty where that is nothing new. */
  async #read(): Promise<string> {
    if (this.#writer.state === "waiting") await this.#goOn();
    const entry = await this.#reader.next();
    if (entry === undefined) {
      this.#over = true;
      return "";
    }
    let text = "";
    for (const part of partedAt(entry, this.#turn.turn === this.#after.turn ? this.#after.seq : -1)) {
      for (const { seq, message } of this.#writer.take(this.#turn, part)) {
        if (this.#isNews(seq)) text += writeSse({ ...this.#idOf(seq), data: JSON.stringify(message) });
      }
    }
    if (this.#writer.state === "over") this.#over = true;
    return text;
  }

  /** Waits for the turn that the answer to the form begins, wherever it is given. */
  async #goOn(): Promise<void> {
    const { log } = this.#core;
    const run = runOf(this.#turn.taskId, this.#turn.turn + 1);
    await log.begun(run, this.#call.signal);
    const turn = await turnOf(this.#core, this.#call.caller, run);
    if (turn === undefined) throw new Error(`there is no run ${run}, or it is not kept any more`);
    this.#turn = turn;
    this.#reader = await log.read(run);
    if (this.#over) this.#reader.cancel();
  }

  #isNews(seq: number): boolean {
    const { turn } = this.#turn;
    return turn > this.#after.turn || (turn === this.#after.turn && seq > this.#after.seq);
  }

  /** Streams of requests that are whole by themselves are not taken up again: their events have no places. */
  #idOf(seq: number): { id?: string } {
    if (this.#mcpCall.isPerRequest) return {};
    return { id: placeId(this.#turn.taskId, { turn: this.#turn.turn, seq }) };
  }
}

/** An entry in two where it has events up to a number and events after it: logs are not cut alike everywhere. */
function partedAt(entry: Envelope, seq: number): Envelope[] {
  const known = seq + 1 - entry.seq;
  if ("error" in entry || known <= 0 || known >= entry.events.length) return [entry];
  const { events } = entry;
  return [
    { ...entry, events: events.slice(0, known) },
    { ...entry, seq: seq + 1, events: events.slice(known) },
  ];
}

/** A place as the id of an event. */
function placeId(taskId: string, { turn, seq }: CallPlace): string {
  return `${taskId}/${turn}/${seq}`;
}

/** What an event's id says; `undefined` for one that this server did not make. */
export function placeNamed(id: string): { taskId: string; place: CallPlace } | undefined {
  const [, taskId, turn, seq] = /^([\da-f-]{36})\/(\d{1,6})\/(-1|\d{1,15})$/.exec(id) ?? [];
  return taskId === undefined ? undefined : { taskId, place: { turn: Number(turn), seq: Number(seq) } };
}
