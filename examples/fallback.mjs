// The next model answers when the first cannot; what was said is taken back, and the reader is told.
import { echo, fallback, SluiceError, scripted } from "sluice";

const broken = scripted([
  ["Wrong sta", { throw: new SluiceError("truncated", "the connection broke", { retryable: true }) }],
]);
const model = fallback([broken, echo()], { afterFirstDelta: "retract" });

const answer = model.stream({ messages: [{ role: "user", content: "Right from the start." }] });
for await (const text of answer.readText({ onRetract: (reason) => console.log(`\n[taken back: ${reason}]`) })) {
  process.stdout.write(text);
}
console.log();
