import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { labelledTexts } from "./labelled-set.js";
import { type Score, score } from "./score.js";

/** The least recall and the most false positives of each entity that a change may lead to. */
const BOUNDS: Readonly<Record<string, { recall: number; falsePositives: number }>> = {
  API_KEY: { recall: 0.95, falsePositives: 0 },
  EMAIL_ADDRESS: { recall: 0.9, falsePositives: 0 },
  IBAN: { recall: 0.95, falsePositives: 0 },
  MAC_ADDRESS: { recall: 0.95, falsePositives: 0 },
  IP: { recall: 0.95, falsePositives: 0 },
  CREDIT_CARD: { recall: 0.95, falsePositives: 0 },
  ISBN: { recall: 0.95, falsePositives: 0 },
  US_SSN: { recall: 0.95, falsePositives: 0 },
  NATIONAL_ID: { recall: 0.95, falsePositives: 0 },
  PHONE_NUMBER: { recall: 0.9, falsePositives: 1 },
  PO_BOX: { recall: 0.9, falsePositives: 0 },
  STREET_ADDRESS: { recall: 0.9, falsePositives: 4 },
  ZIP_CODE: { recall: 0.9, falsePositives: 1 },
};

const texts = labelledTexts();
const { scores, differences } = score(texts);

test("the set has at least 200 texts, with and without data", () => {
  expect(texts.length).toBeGreaterThanOrEqual(200);
  expect(texts.filter(({ labels }) => labels.length === 0).length).toBeGreaterThanOrEqual(80);
});

test.each(scores)(
  "$entity is found as often as it must be, and no oftener",
  ({ entity, labelled, found, falsePositives }) => {
    const bound = BOUNDS[entity];
    expect(labelled).toBeGreaterThanOrEqual(8);
    expect(found / labelled, JSON.stringify(differences, undefined, 1)).toBeGreaterThanOrEqual(bound?.recall ?? 1);
    expect(falsePositives, JSON.stringify(differences, undefined, 1)).toBeLessThanOrEqual(bound?.falsePositives ?? 0);
  },
);

test("docs/guards.md has these figures", () => {
  const docs = readFileSync(new URL("../../docs/guards.md", import.meta.url), "utf8");
  for (const row of table(scores, texts.length)) expect(docs).toContain(row);
});

/** The lines of the table in the docs. */
function table(all: readonly Score[], count: number): string[] {
  const rows = all.map(
    ({ entity, labelled, found, falsePositives }) => `| \`${entity}\` | ${labelled} | ${found} | ${falsePositives} |`,
  );
  const sum = (of: (score: Score) => number) => all.reduce((total, each) => total + of(each), 0);
  const total = `| ${count} texts | ${sum((s) => s.labelled)} | ${sum((s) => s.found)} | ${sum((s) => s.falsePositives)} |`;
  return [...rows, total];
}
