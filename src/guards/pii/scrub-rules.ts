import { type Check, exactly, jsonObject, list, oneOf, string } from "../../stream/checks.js";
import { invalid } from "../../stream/error.js";
import { type CustomEntity, customPhrase, customRule } from "./custom-entity.js";
import { apiKeyRules, pemPhrase } from "./entities/api-key.js";
import { emailAddressRule } from "./entities/email-address.js";
import { ibanPhrase, ibanRule } from "./entities/iban.js";
import { ipRules, macAddressRule } from "./entities/network.js";
import { creditCardRule, isbnRule, numberPhrase, phoneRules } from "./entities/numbers.js";
import { ENTITIES, type EntityName, type LocalePack, type Phrase, type Rule } from "./entity.js";
import { de } from "./locales/de.js";
import { enAu } from "./locales/en-au.js";
import { enCa } from "./locales/en-ca.js";
import { enGb } from "./locales/en-gb.js";
import { enIn } from "./locales/en-in.js";
import { enUs } from "./locales/en-us.js";
import { es } from "./locales/es.js";
import { fr } from "./locales/fr.js";
import { it } from "./locales/it.js";
import { ja } from "./locales/ja.js";
import { nl } from "./locales/nl.js";
import { ptBr } from "./locales/pt-br.js";

/** What is scrubbed, and where. */
export interface ScrubOptions {
  /**
   * Whose telephone numbers, street addresses, postal codes and boxes are known, beside what is the same everywhere:
   * `en-US` (default) and the others of `LocaleName`, any number of them.
   */
  locales?: readonly LocaleName[];
  /** Only these; default all. Custom ones are always looked for. */
  entities?: readonly EntityName[];
  /** Entities of one's own. They win over all others. */
  custom?: readonly CustomEntity[];
  /**
   * `keep` (default) leaves addresses alone that begin with `https://` and the like, but for the passwords, keys and tokens
   * in them; `scrub` looks for everything in them.
   */
  urls?: "keep" | "scrub";
  /**
   * What happens in fenced code blocks: `secrets` (default) looks for keys and tokens alone, `keep` for nothing, `scrub`
   * for everything. Code within a line is text.
   */
  code?: "secrets" | "keep" | "scrub";
}

/** A language or country whose entities are known. */
export type LocaleName =
  | "en-US"
  | "en-GB"
  | "de"
  | "fr"
  | "en-AU"
  | "en-CA"
  | "en-IN"
  | "es"
  | "it"
  | "ja"
  | "nl"
  | "pt-BR";

/** Options made ready for a `Scrubber`; they hold no state of a text. */
export interface ScrubRules {
  inText: readonly Rule[];
  inCode: readonly Rule[];
  /** Looked for in URLs that are left alone otherwise: keys and tokens. */
  inUrls: readonly Rule[];
  phrases: readonly Phrase[];
  /** The words without a digit that begin a phrase. */
  opens: RegExp | undefined;
  /** Whether every word is searched: a custom entity does not say how it begins. */
  everyWord: boolean;
  /** Whether URLs are left alone, and whether code is told from text. */
  urls: boolean;
  fences: boolean;
}

const PACKS: readonly LocalePack[] = [enUs, enGb, de, fr, enAu, enCa, enIn, es, it, ja, nl, ptBr];
const LOCALES = PACKS.map(({ locale }) => locale);

/** What is written alike everywhere. */
const EVERYWHERE: readonly Rule[] = [
  ...apiKeyRules,
  emailAddressRule,
  ibanRule,
  macAddressRule,
  ...ipRules,
  creditCardRule,
  isbnRule,
  ...phoneRules,
];

/** The fields of `ScrubOptions`. */
export const SCRUB_OPTIONS = {
  locales: list("an array of locales", string),
  entities: list("an array of entities", oneOf(...ENTITIES)),
  custom: list("an array of entities of your own", jsonObject),
  urls: oneOf("keep", "scrub"),
  code: oneOf("secrets", "keep", "scrub"),
} satisfies Record<keyof ScrubOptions, Check>;

const OPTIONS = exactly("scrubbing", SCRUB_OPTIONS);

/**
 * Makes options ready.
 *
 * @throws {SluiceError} `invalid-argument` for an unknown locale or entity, and for a custom entity that is not right.
 */
export function scrubRules(options: ScrubOptions = {}): ScrubRules {
  OPTIONS(options, "");
  const { locales = ["en-US"], entities = ENTITIES, custom = [], urls = "keep", code = "secrets" } = options;
  const packs = locales.map(packOf);
  const known = [...EVERYWHERE, ...packs.flatMap(({ rules }) => rules)];
  const chosen = entities.flatMap((entity) => known.filter((rule) => rule.entity === entity));
  const ordered = ENTITIES.flatMap((entity) => chosen.filter((rule) => rule.entity === entity));
  const inText = [...custom.map(customRule), ...new Set(ordered)];
  const phrases = [
    ...custom.map(customPhrase),
    pemPhrase,
    numberPhrase,
    ibanPhrase,
    ...new Set(packs.flatMap((pack) => pack.phrases)),
  ];
  const opens = phrases.flatMap((phrase) => (phrase.opens === undefined ? [] : [`(?:${phrase.opens.source})`]));
  return {
    inText,
    inCode: code === "scrub" ? inText : code === "secrets" ? inText.filter((rule) => rule.inCode) : [],
    inUrls: urls === "keep" ? ordered.filter((rule) => rule.rest === "token") : [],
    phrases,
    opens: opens.length === 0 ? undefined : new RegExp(opens.join("|"), "i"),
    everyWord: custom.some(({ begins }) => begins === undefined),
    urls: urls === "keep",
    fences: code !== "scrub",
  };
}

function packOf(name: LocaleName, index: number): LocalePack {
  const pack = PACKS.find(({ locale }) => locale === name);
  if (pack === undefined) throw invalid(`locales[${index}]`, name, LOCALES.join(", "));
  return pack;
}
