import { SluiceError } from "../../stream/error.js";

/** The error for an answer that was cut. @param frame the line in which it was. */
export function truncated(where: string, frame?: string): SluiceError {
  const details = frame === undefined ? {} : { frame: frame.slice(0, 500) };
  return new SluiceError("truncated", `the answer ended ${where}`, { retryable: true, ...details });
}

/** The same for one whose connection was closed. @param started whether anything of it came. */
export function closedEarly(started: boolean): SluiceError {
  return truncated(started ? "without a line that says done" : "before it began");
}
