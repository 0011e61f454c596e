import type { Batch } from "../batch-source.js";
import type { ChatEvent, Emit } from "../chat-event.js";
import type { Stage } from "../stage.js";
import type { Transform } from "./transform.js";

/** What a stage makes of batches. One for each stream, like the stage. */
export function stageTransform(stage: Stage): Transform {
  let out: ChatEvent[] = [];
  let ended = false;
  const emit = (event: ChatEvent): void => {
    out.push(event);
  };
  const end = (): void => {
    if (!ended) stage.end?.(emit);
    ended = true;
  };
  const take = (): Batch => {
    const taken = out;
    out = [];
    return taken;
  };
  return {
    push(batch) {
      for (const event of batch) {
        if (event.type === "finish") end();
        stage.push(event, emit);
      }
      return take();
    },
    fail() {
      end();
      return take();
    },
  };
}

/** Two stages as one: the second takes what the first emits. */
export function inTurn(first: Stage, second: Stage): Stage {
  let emitLast: Emit = () => {};
  const relay: Emit = (event) => second.push(event, emitLast);
  return {
    push(event, emit) {
      emitLast = emit;
      first.push(event, relay);
    },
    end(emit) {
      emitLast = emit;
      first.end?.(relay);
      second.end?.(emit);
    },
  };
}
