import { expression, HYPHEN, NOT_AFTER, NOT_BEFORE, SPACE } from "../entities/signs.js";
import { HAS, type LocalePack, type Phrase, type Rule } from "../entity.js";
import { passesNir } from "../national-checks.js";
import { idRule } from "./national-pack.js";

const WAYS =
  "(?:rue|avenue|av\\.|boulevard|bd\\.?|place|chemin|allée|impasse|quai|route|cours|square|passage|faubourg|villa|lotissement|résidence)";
const WAY_WORD = new RegExp(`^${WAYS}$`, "i");
const PARTICLE = "(?:de|du|des|la|le|les|aux?)";
const PARTICLE_WORD = /^(?:de|du|des|la|le|les|aux?)$/i;
const REPEATED = /^(?:bis|ter|quater)$/i;

const CODE_LABEL = /\b(?:code postal|CP)(?:\s?(?:est|:))?\W{1,3}$/i;
const WAY_BEFORE = new RegExp(`\\b(?:${WAYS}|${PARTICLE})(?![a-z\\u00df-\\u024f])[^\\d]{1,24}[,\\s]\\s?$`, "i");

/** Large French cities: five digits before one of them are its postal code. */
const CITIES =
  "Paris Marseille Lyon Toulouse Nice Nantes Montpellier Strasbourg Bordeaux Lille Rennes Toulon Reims Grenoble Dijon Angers Nîmes".replaceAll(
    " ",
    "|",
  );
const CITY_AFTER = new RegExp(`^[${SPACE}](?:${CITIES}|Saint-Étienne|Le Havre)(?![\\wàâçéèêëîïôûù])`, "i");

const rules: readonly Rule[] = [
  idRule({
    // Sex, year and month of birth, department, municipality, order, and the check digits.
    pattern: `[1-478](?:[${SPACE}.]?\\d{2}){2}[${SPACE}.]?(?:\\d{2}|2[AB])(?:[${SPACE}.]?\\d{3}){2}[${SPACE}.]?\\d{2}`,
    check: passesNir,
    label: "nir|sécurité sociale|securite sociale|sécu|insee",
    alone: /^[12]/,
  }),
  {
    entity: "PHONE_NUMBER",
    pattern: expression(`${NOT_AFTER}0[1-9](?:[${SPACE}${HYPHEN}.]?\\d{2}){4}${NOT_BEFORE}`),
    needs: HAS.digits9,
  },
  {
    entity: "PO_BOX",
    pattern: expression(`(?<!\\w)(?:(?:BP|B\\.P\\.|Boîte postale)[${SPACE}]\\d{1,6}|CS[${SPACE}]\\d{5})(?!\\w)`),
    needs: HAS.digit | HAS.phrase,
  },
  {
    entity: "STREET_ADDRESS",
    pattern: expression(
      `${NOT_AFTER}\\d{1,4}(?:[${SPACE}]?(?:bis|ter|quater))?,?[${SPACE}](?:${WAYS}|${capitalised(WAYS)}|${capitals(WAYS)})(?:[${SPACE}](?:${PARTICLE}|${capitals(PARTICLE)})){0,3}(?:[${SPACE}](?:[dlDL]['’])?[A-ZÀ-Ý0-9][\\w\\u00c0-\\u024f'’.-]{0,24}){1,4}`,
    ),
    needs: HAS.digit | HAS.letter,
    accept: (value) => (value.endsWith(".") ? value.length - 1 : true),
  },
  {
    entity: "ZIP_CODE",
    pattern: expression(`${NOT_AFTER}(?:F-)?\\d{5}${NOT_BEFORE}`),
    needs: HAS.digit,
    accept: (value, before, after) =>
      value.startsWith("F") || CODE_LABEL.test(before) || WAY_BEFORE.test(before) || CITY_AFTER.test(after),
  },
];

const streetPhrase: Phrase = {
  acrossComma: (state) => state === 1,
  begin: (word) => (/^\d{1,4}(?:bis|ter|quater)?$/.test(word) ? 1 : 0),
  next: (state, word) => {
    if (state === 1) return WAY_WORD.test(word) ? 2 : REPEATED.test(word) ? 1 : 0;
    if (state < 5 && PARTICLE_WORD.test(word)) return state + 1;
    return state < 9 && !word.endsWith(".") && /^(?:[dlDL]['’])?[A-ZÀ-Ý0-9]/.test(word) ? Math.max(5, state + 1) : 0;
  },
};

const boxPhrase: Phrase = {
  opens: /^(?:bp|b\.p\.|cs|boîte)$/,
  begin: (word) => (/^(?:BP|B\.P\.|CS|Boîte)$/i.test(word) ? 1 : 0),
  next: (state, word) => (state === 1 && word === "postale" ? 2 : 0),
};

const codePhrase: Phrase = {
  begin: (word) => (/^(?:F-)?\d{5}$/.test(word) ? 1 : 0),
  next: () => 0,
};

const phrases: readonly Phrase[] = [streetPhrase, boxPhrase, codePhrase];

/** France. */
export const fr: LocalePack = { locale: "fr", rules, phrases };

function capitals(source: string): string {
  return source.replace(/[a-zé]+(?=[|)\\?])/g, (word) => word.toUpperCase());
}

function capitalised(source: string): string {
  return source.replace(/[a-zé]+(?=[|)\\])/g, (word) => word.charAt(0).toUpperCase() + word.slice(1));
}
