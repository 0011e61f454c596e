import { customPhrase, customRule } from "./custom-entity.js";
import { apiKeyRules, pemPhrase } from "./entities/api-key.js";
import { emailAddressRule } from "./entities/email-address.js";
import { ibanPhrase, ibanRule } from "./entities/iban.js";
import { ipRules, macAddressRule, quadPhrase } from "./entities/network.js";
import { creditCardRule, isbnRule, numberPhrase, phoneRules } from "./entities/numbers.js";
import { spelledAddressRule } from "./entities/spelled-address.js";
import { ENTITIES, type LocalePack, type Phrase, type Rule } from "./entity.js";
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
import { checkScrubbing, type LocaleName, type ScrubOptions } from "./scrub-options.js";

/** Options made ready for a `Scrubber`; they hold no state of a text. */
export interface ScrubRules {
  /** Looked for in text. */
  inText: readonly Rule[];
  /** Looked for in code: mostly keys and tokens. */
  inCode: readonly Rule[];
  /** Looked for in URLs that are left alone otherwise: keys and tokens. */
  inUrls: readonly Rule[];
  /** Values of several words. */
  phrases: readonly Phrase[];
  /** The words without a digit that begin a phrase. */
  opens: RegExp | undefined;
  /** Whether every word is searched: a custom entity does not say how it begins. */
  everyWord: boolean;
  /** Whether URLs are left alone. */
  urls: boolean;
  /** Whether code in Markdown's fences is distinguished from text. */
  fences: boolean;
}

const PACKS: Record<LocaleName, LocalePack> = {
  "en-US": enUs,
  "en-GB": enGb,
  de,
  fr,
  "en-AU": enAu,
  "en-CA": enCa,
  "en-IN": enIn,
  es,
  it,
  ja,
  nl,
  "pt-BR": ptBr,
};

/** What is written alike everywhere. */
const EVERYWHERE: readonly Rule[] = [
  ...apiKeyRules,
  emailAddressRule,
  spelledAddressRule,
  ibanRule,
  macAddressRule,
  ...ipRules,
  creditCardRule,
  isbnRule,
  ...phoneRules,
];

/**
 * Makes options ready.
 *
 * @throws {SluiceError} `invalid-argument` for an unknown locale or entity, and for a custom entity that is not right.
 */
export function scrubRules(options: ScrubOptions = {}): ScrubRules {
  checkScrubbing(options);
  const { locales = ["en-US"], entities = ENTITIES, custom = [], urls = "keep", code = "secrets" } = options;
  const packs = locales.map((locale) => PACKS[locale]);
  const known = [...EVERYWHERE, ...packs.flatMap(({ rules }) => rules)];
  const chosen = entities.flatMap((entity) => known.filter((rule) => rule.entity === entity));
  const ordered = ENTITIES.flatMap((entity) => chosen.filter((rule) => rule.entity === entity));
  const inText = [...custom.map(customRule), ...new Set(ordered)];
  const phrases = [
    ...custom.map(customPhrase),
    pemPhrase,
    numberPhrase,
    ibanPhrase,
    quadPhrase,
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
