import { passesLuhn } from "../checksums.js";
import { HYPHEN, SPACE } from "../entities/signs.js";
import type { LocalePack } from "../entity.js";
import { enUs } from "./en-us.js";
import { idRule } from "./national-pack.js";

/** A social insurance number; 0 and 8 begin none. */
const sinRule = idRule({
  pattern: `[1-79]\\d{2}[${SPACE}${HYPHEN}]?\\d{3}[${SPACE}${HYPHEN}]?\\d{3}`,
  check: passesLuhn,
  label: "sin|s\\.i\\.n\\.|social insurance|nas|assurance sociale",
});

/** Canada: what is written as in the United States, but for their social security numbers, and the SIN. */
export const enCa: LocalePack = {
  locale: "en-CA",
  rules: [sinRule, ...enUs.rules.filter(({ entity }) => entity !== "US_SSN")],
  phrases: enUs.phrases,
};
