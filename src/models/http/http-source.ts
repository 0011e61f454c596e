import type { Batch, BatchSource } from "../../stream/batch-source.js";
import { SluiceError } from "../../stream/error.js";
import { type AttemptsPlan, attempts, type FailedAttempt } from "../../stream/sources/attempts.js";
import { type Expected, HttpAnswer } from "./http-answer.js";
import type { HttpCall } from "./http-call.js";

/** The events of one HTTP call. Until there is content it is made again where that may help. */
export function httpSource(call: HttpCall, expected: Expected): BatchSource {
  return attempts(new HttpAttempts(call, expected));
}

class HttpAttempts implements AttemptsPlan {
  readonly #call: HttpCall;
  readonly #expected: Expected;

  constructor(call: HttpCall, expected: Expected) {
    this.#call = call;
    this.#expected = expected;
  }

  async open(attempt: number): Promise<BatchSource> {
    try {
      const begun = await this.#call.send(attempt);
      const answer = HttpAnswer.begin(this.#call, this.#expected, begun);
      return answer instanceof Promise ? await answer : answer;
    } catch (thrown) {
      throw SluiceError.from(thrown, "protocol");
    }
  }

  async recover(error: SluiceError, { attempt, delivered }: FailedAttempt): Promise<Batch> {
    if (delivered) throw await this.#call.fail(error);
    await this.#call.pause(error, attempt);
    return [];
  }

  cancel(reason: unknown): void {
    this.#call.cancel(SluiceError.from(reason, "cancelled"));
  }
}
