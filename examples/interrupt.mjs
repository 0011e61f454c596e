// Leaving the loop closes the connection at once; what was used is still known.
import { echo, stream } from "sluice";

const answer = stream(process.env.SLUICE_MODEL ?? echo(), "one two three four five six seven eight nine ten");

let words = 0;
for await (const text of answer.text) {
  process.stdout.write(text);
  if (++words === 3) break;
}
console.log("\nleft;", await answer.usage);
