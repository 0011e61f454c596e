import type { BatchSource } from "../../stream/batch-source.js";
import { SluiceError } from "../../stream/error.js";
import { attempts } from "../../stream/sources/attempts.js";
import { type Expected, HttpAnswer } from "./http-answer.js";
import type { HttpCall } from "./http-call.js";

/** The events of one HTTP call. Until there is content it is made again where that may help. */
export function httpSource(call: HttpCall, expected: Expected): BatchSource {
  return attempts({
    async open(attempt) {
      try {
        return await HttpAnswer.begin(call, expected, await call.send(attempt));
      } catch (thrown) {
        throw SluiceError.from(thrown, "protocol");
      }
    },
    async recover(error, { attempt, delivered }) {
      if (delivered) throw call.fail(error);
      await call.pause(error, attempt);
      return [];
    },
    cancel: (reason) => call.cancel(SluiceError.from(reason, "cancelled")),
  });
}
