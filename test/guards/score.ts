import { ENTITIES } from "../../src/guards/pii/entity.js";
import { scrubRules } from "../../src/guards/pii/scrub-rules.js";
import { Scrubber } from "../../src/guards/pii/scrubber.js";
import { filterText } from "../../src/guards/text-filter.js";
import { type Label, type LabelledText, readMarks } from "./labelled-set.js";

/** How well an entity is recognised. */
export interface Score {
  entity: string;
  /** Values in the set. */
  labelled: number;
  /** Values that were replaced as a whole by this entity's placeholder. */
  found: number;
  /** Replacements that touch no value, or only values of other entities. */
  falsePositives: number;
}

/** What is not as labelled, for people. */
export interface Difference {
  text: string;
  missed: string[];
  wrong: string[];
}

/** Scrubs labelled texts, each with its own locale. */
export function score(texts: readonly LabelledText[]): { scores: Score[]; differences: Difference[] } {
  const scores = new Map<string, Score>(
    ENTITIES.map((entity) => [entity, { entity, labelled: 0, found: 0, falsePositives: 0 }]),
  );
  const differences: Difference[] = [];
  for (const { locale, text, labels } of texts) {
    const predicted = predict(text, locale);
    const missed = labels.filter((label) => !predicted.some((other) => covers(other, label)));
    const wrong = predicted.filter((other) => !labels.some((label) => touches(other, label)));
    for (const { entity } of labels) count(scores, entity, "labelled");
    for (const label of labels) if (!missed.includes(label)) count(scores, label.entity, "found");
    for (const { entity } of wrong) count(scores, entity, "falsePositives");
    const shown = ({ entity, start, end }: Label) => `${entity}: ${text.slice(start, end)}`;
    if (missed.length + wrong.length > 0) {
      differences.push({ text, missed: missed.map(shown), wrong: wrong.map(shown) });
    }
  }
  return { scores: [...scores.values()], differences };
}

/** What the scrubber finds, as labels. */
function predict(text: string, locale: LabelledText["locale"]): Label[] {
  const rules = scrubRules({ locales: [locale] });
  const marked = filterText(new Scrubber(rules, { replace: (entity, value) => `[[${entity}:${value}]]` }), text);
  return readMarks(marked).labels;
}

function covers(predicted: Label, label: Label): boolean {
  return predicted.entity === label.entity && predicted.start <= label.start && predicted.end >= label.end;
}

function touches(predicted: Label, label: Label): boolean {
  return predicted.entity === label.entity && predicted.start < label.end && predicted.end > label.start;
}

function count(scores: Map<string, Score>, entity: string, what: "labelled" | "found" | "falsePositives"): void {
  const score = scores.get(entity);
  if (score === undefined) throw new Error(`the set has an unknown entity ${entity}`);
  score[what]++;
}
