// One error class: its code says what happened, and what had arrived comes with it.
import { SluiceError, scripted, stream } from "sluice";

const flaky = scripted([
  ["The answer ", "is", { throw: new SluiceError("truncated", "the connection broke", { retryable: true }) }],
]);

try {
  for await (const text of stream(flaky, "What is the answer?").text) process.stdout.write(text);
} catch (error) {
  if (!(error instanceof SluiceError)) throw error;
  console.log(
    `\n${error.code}, worth another try: ${error.retryable}, arrived: ${JSON.stringify(error.partial?.text)}`,
  );
}
