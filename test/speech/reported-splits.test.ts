import { expect, test } from "vitest";
import { SentenceSplitter } from "../../src/speech/sentences/sentence-splitter.js";

/** What users of other splitters reported, tried here: a character at a time, and each sentence with what follows it. */
test.each<[where: string, ...sentences: string[]]>([
  ["pipecat-ai/pipecat#1756", "My birthday is Jan 1, 1980. ", "Another sentence."],
  [
    "pipecat-ai/pipecat#2963",
    '<emotion value="content"/><speed ratio="1.05"/>Hello. ',
    '<volume ratio="0.9"/>I am sorry.',
  ],
  ["pipecat-ai/pipecat#3242", "Perfect, 12345. ", "Let me check that we're in your area."],
  ["pipecat-ai/pipecat#3203", "(Explore these until you say done.) ", "She said, 'Stop right there.' before leaving."],
  ["pipecat-ai/pipecat#2040", "He works at NASA. ", "They met in 1999. ", "It costs $5. ", "Done."],
  ["pipecat-ai/pipecat#5737", '"Dr. Smith said hi." ', "Then he left."],
  [
    "vocodedev/vocode-core#171",
    "Let's start.\n\n",
    "1. Can you tell me about it?\n",
    "2. How do you do it? ",
    "If so, why?\n",
    "3. Bye",
  ],
  ["livekit/agents#1194", "Write to me@firma.berlin or see example.technology. ", "Today."],
  ["livekit/agents-js#1005", "See https://a.b/c.d?e=f.g for more. ", "Node.js and README.md are there."],
  ["KoljaB/RealtimeTTS#223", "Oh! ", "It happened at 12pm on November 29th, 2024! ", "I was in professor's lab."],
  ["livekit/agents#3798", "That was three!", "Was it four?", "Five, then."],
  ["livekit/agents#3798, an address", "Open https://a.b/find!Now?Query=1 at once. ", "Thanks."],
])("%s", (_, ...sentences) => {
  const text = sentences.join("");
  const splitter = new SentenceSplitter();
  const found: string[] = [];
  const take = (all: readonly { start: number; end: number }[]) => {
    for (const { start, end } of all) found.push(text.slice(start, end));
  };
  for (const character of text) take(splitter.push(character));
  take(splitter.end());
  expect(found).toEqual(sentences);
});
