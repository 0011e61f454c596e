import { digitsOf } from "../checksums.js";
import { expression, HYPHEN, NOT_AFTER, NOT_BEFORE, SPACE } from "../entities/signs.js";
import { HAS, type LocalePack, type Phrase, type Rule } from "../entity.js";

const SUFFIX = "(?:stra(?:ß|ss)e|str\\.|allee|gasse|platz|weg|ring|damm|ufer|chaussee|promenade)";
const STREET_WORD = new RegExp(`${SUFFIX}$`, "i");
const STREET_BEFORE = new RegExp(`${SUFFIX}[${SPACE}]\\d{1,4}[${SPACE}]?[a-z]?[,;]?\\s{1,2}$`, "i");

/** Words with such an ending that are no streets. */
const NO_STREET =
  /^(?:\S*(?:park|sitz|steh|stell|arbeits|speicher|lager|flug|schlaf|start|lehr|sport|spiel|camping|studien|kita)platz|(?:um|hin|her|aus|rück|heim|schul|arbeits|lebens|liefer|vertriebs|mittel|rechts)weg|hering|ehering|boxring)$/i;

/** Words before a street's own that belong to its name. */
const QUALIFIER = /^(?:[A-ZÄÖÜ][a-zäöüß]{2,}er|Alte|Neue|Große|Kleine|Lange|Kurze|Obere|Untere|Breite|Hohe)$/;

const PLZ_LABEL = /\b(?:PLZ|Postleitzahl)(?:\W{1,2}(?:ist|lautet))?\W{1,3}$/i;

/** The largest German cities: five digits before one of them are its postal code. */
const CITIES =
  "Berlin Hamburg München Köln Frankfurt Stuttgart Düsseldorf Leipzig Dortmund Essen Bremen Dresden Hannover Nürnberg Duisburg Bochum Wuppertal Bielefeld Bonn Münster Mannheim Karlsruhe Augsburg Wiesbaden Mönchengladbach Gelsenkirchen Aachen Braunschweig Chemnitz Kiel Halle Magdeburg Freiburg Krefeld Mainz Lübeck Erfurt Oberhausen Rostock Kassel".replaceAll(
    " ",
    "|",
  );
const CITY_AFTER = new RegExp(`^[${SPACE}](?:${CITIES})(?![\\wäöüß])`);

const rules: readonly Rule[] = [
  {
    entity: "PHONE_NUMBER",
    pattern: expression(
      `${NOT_AFTER}(?:\\(0[1-9]\\d{1,4}\\)[${SPACE}]?|0[1-9]\\d{1,4}(?:[${SPACE}]?/[${SPACE}]?|[${SPACE}${HYPHEN}]))\\d(?:[${SPACE}${HYPHEN}]?\\d){3,9}${NOT_BEFORE}`,
    ),
    needs: HAS.digit,
    accept: (value) => digitsOf(value).length >= 7 && digitsOf(value).length <= 13,
  },
  {
    entity: "PO_BOX",
    pattern: expression(`(?<!\\w)Postfach[${SPACE}]\\d{1,3}(?:[${SPACE}]?\\d{2,3}){0,3}(?!\\w)`),
    needs: HAS.digit | HAS.phrase,
  },
  {
    entity: "STREET_ADDRESS",
    pattern: expression(
      `(?<![\\wäöüß.-])(?:(?:[A-ZÄÖÜ][a-zäöüß]{2,20}er|Alte|Neue|Große|Kleine|Lange|Kurze|Obere|Untere|Breite|Hohe)[${SPACE}])?[A-ZÄÖÜ][\\wäöüßÄÖÜ.-]{0,40}[${SPACE}]\\d{1,4}(?:[${SPACE}]?[a-z](?!\\w))?(?:[-/]\\d{1,4})?(?![\\w%€]|[.,]\\d)`,
    ),
    needs: HAS.digit | HAS.phrase,
    accept: (value) => {
      const words = value.split(/\s/);
      const street = words.find((word) => STREET_WORD.test(word));
      return street !== undefined && !NO_STREET.test(street) && (words.length > 2 || /^.{3,}(?:\D{3,})$/.test(street));
    },
  },
  {
    entity: "ZIP_CODE",
    pattern: expression(`${NOT_AFTER}(?:D-)?\\d{5}${NOT_BEFORE}`),
    needs: HAS.digit,
    accept: (value, before, after) =>
      value.startsWith("D") || PLZ_LABEL.test(before) || STREET_BEFORE.test(before) || CITY_AFTER.test(after),
  },
];

const streetPhrase: Phrase = {
  opens: new RegExp(`^\\S*${SUFFIX}$|^(?:${QUALIFIER.source.slice(1, -1)})$`),
  begin: (word) => (STREET_WORD.test(word) ? 2 : QUALIFIER.test(word) ? 1 : 0),
  next: (state, word) => {
    if (state === 3) return 0;
    if (STREET_WORD.test(word)) return 2;
    return state === 2 && /^\d{1,4}$/.test(word) ? 3 : 0;
  },
};

const postfachPhrase: Phrase = {
  opens: /^postfach$/,
  begin: (word) => (word.toLowerCase() === "postfach" ? 1 : 0),
  next: (state, word) => (state < 5 && /^\d{1,3}$/.test(word) ? state + 1 : 0),
};

const postleitzahlPhrase: Phrase = {
  begin: (word) => (/^(?:D-)?\d{5}$/.test(word) ? 1 : 0),
  next: () => 0,
};

const phrases: readonly Phrase[] = [streetPhrase, postfachPhrase, postleitzahlPhrase];

/** Germany. */
export const de: LocalePack = { locale: "de", rules, phrases };
