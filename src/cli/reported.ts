import { SluiceError } from "../stream/error.js";
import { EXIT, exitCodeOf } from "./exit-code.js";
import type { Io } from "./io.js";
import { reportError } from "./report-error.js";

/** Runs a command; an error is reported. Returns the exit code. */
export async function reported(io: Io, run: () => Promise<void>): Promise<number> {
  try {
    await run();
    return EXIT.ok;
  } catch (thrown) {
    const error = SluiceError.from(thrown, "protocol");
    // Who stopped it knows.
    return error.code === "cancelled" ? EXIT.interrupted : exitCodeOf(reportError(error, io));
  }
}
