import { digitsOf } from "../checksums.js";
import { expression, HYPHEN, NOT_AFTER, NOT_BEFORE, SPACE } from "../entities/signs.js";
import { HAS, type LocalePack, type Phrase, type Rule } from "../entity.js";
import { passesSteuerId } from "../national-checks.js";
import { idRule } from "./national-pack.js";

const SUFFIX =
  "(?:stra(?:ß|ss)e|str\\.|allee|gasse|platz|weg|ring|damm|ufer|chaussee|promenade|stieg|steig|graben|kamp)";
const STREET_WORD = new RegExp(`${SUFFIX}$`, "i");
const STREET_BEFORE = new RegExp(
  `(?:${SUFFIX}|\\b(?:Am|Im|Zum|der|den|dem|des)[${SPACE}][^,\\d]{2,16})[${SPACE}]\\d{1,4}[${SPACE}]?[a-z]?[,;]?\\s{1,2}$`,
  "i",
);

/** Words with such an ending that are no streets. */
const NO_STREET =
  /^(?:\S*(?:park|sitz|steh|stell|arbeits|speicher|lager|flug|schlaf|start|lehr|sport|spiel|camping|studien|kita)platz|(?:um|hin|her|aus|rück|heim|schul|arbeits|lebens|liefer|vertriebs|mittel|rechts)weg|hering|ehering|boxring|(?:auf|ab|an|ein|aus|um|über|zu)stieg|bahnsteig|schützengraben)$/i;

/** Streets that are named by where they lie: `Am Wall 12`, `An der Alster 40`. */
const PLACE = `(?:(?:Am|Im|Zum|Zur|Beim)|(?:An|Auf|Unter|In|Hinter|Vor|Bei)[${SPACE}](?:der|den|dem|die|das))[${SPACE}]`;
const PLACE_WORD = /^(?:Am|Im|Zum|Zur|Beim)$/;
const PLACE_BEGIN = /^(?:An|Auf|Unter|In|Hinter|Vor|Bei)$/;
/** Streets whose kind comes first: `Platz der Republik 1`. */
const KIND_FIRST = `(?:Straße|Strasse|Platz|Allee|Weg|Ufer)[${SPACE}](?:der|des|am|zum|zur|an[${SPACE}]der)[${SPACE}]`;
const KIND_WORD = /^(?:Straße|Strasse|Platz|Allee|Weg|Ufer)$/;
const ADJECTIVE = "(?:Alten|Neuen|Großen|Kleinen|Hohen|Langen|Oberen|Unteren|\\d{1,2}\\.)";
const ADJECTIVE_WORD = new RegExp(`^${ADJECTIVE}$`);
const NO_PLACE =
  /\s(?:\S*tag|Abend|Morgen|Januar|Februar|März|April|Mai|Juni|Juli|August|\S*ember|Oktober|Jahr|Seite|Kapitel|Abschnitt|Absatz|Raum|Zimmer|Stelle|Preis|Thema|Platz|Punkt|Schnitt|Durchschnitt|Gleis|Spiel|Stand|Alter|Teil|Bild|Level|Schritt|Zeile|\S*ende|Uhr)\s\d+/;
/** What stands before an address, and what follows it. */
const CUE =
  /(?:^|[\s"'(])(?:wohn\w*|adresse|anschrift|sitz|büro|praxis|haus|liefer\w*|zieh\w*|zog|senden?|schicken?|an|nach)["'*]?[:\s]["'*(\s]{0,3}$/i;
const CITY = /^,?\s(?:D-)?\d{5}(?!\d)|^,\s[A-ZÄÖÜ]/;

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
  idRule({
    pattern: `[1-9]\\d[${SPACE}]?\\d{3}[${SPACE}]?\\d{3}[${SPACE}]?\\d{3}`,
    check: passesSteuerId,
    label:
      "steuer-?id|steueridentifikationsnummer|steuer-identifikationsnummer|steuerliche identifikationsnummer|idnr\\.?|tin",
  }),
  {
    entity: "PHONE_NUMBER",
    pattern: expression(
      `${NOT_AFTER}(?:\\(0[1-9]\\d{1,4}\\)[${SPACE}]?|0[1-9]\\d{1,4}(?:[${SPACE}]?/[${SPACE}]?|[${SPACE}${HYPHEN}]))\\d(?:[${SPACE}${HYPHEN}]?\\d){3,9}${NOT_BEFORE}`,
    ),
    needs: HAS.digits7,
    accept: (value) => digitsOf(value).length >= 7 && digitsOf(value).length <= 13,
  },
  {
    entity: "PO_BOX",
    pattern: expression(`(?<!\\w)Postfach[${SPACE}]\\d{1,3}(?:[${SPACE}]?\\d{2,3}){0,3}(?!\\w)`),
    needs: HAS.digit | HAS.phrase | HAS.letter,
  },
  {
    entity: "STREET_ADDRESS",
    pattern: expression(
      `(?<![\\wäöüß.-])(?:${PLACE}|${KIND_FIRST})(?:${ADJECTIVE}[${SPACE}])?[A-ZÄÖÜ][\\wäöüßÄÖÜ-]{1,30}[${SPACE}]\\d{1,4}(?:[${SPACE}]?[a-z](?!\\w))?(?:[-/]\\d{1,4})?(?![\\w%€]|[.,]\\d)`,
    ),
    needs: HAS.digit | HAS.phrase | HAS.letter,
    accept: (value, before, after) =>
      KIND_WORD.test(value.split(/\s/, 1)[0] ?? "") ||
      value.startsWith("Unter den Linden") ||
      (!NO_PLACE.test(value) && (CUE.test(before) || CITY.test(after) || (before === "" && after === ""))),
  },
  {
    entity: "STREET_ADDRESS",
    pattern: expression(
      `(?<![\\wäöüß.-])(?:(?:[A-ZÄÖÜ][a-zäöüß]{2,20}er|Alte|Neue|Große|Kleine|Lange|Kurze|Obere|Untere|Breite|Hohe)[${SPACE}]){0,2}[A-ZÄÖÜ][\\wäöüßÄÖÜ.-]{0,40}(?:[${SPACE}]|(?<=str\\.))\\d{1,4}(?:[${SPACE}]?[a-z](?!\\w))?(?:[-/]\\d{1,4})?(?![\\w%€]|[.,]\\d)`,
    ),
    needs: HAS.digit | HAS.phrase | HAS.letter,
    accept: (value) => {
      const words = value.split(/\s|(?<=str\.)/i);
      const street = words.find((word) => STREET_WORD.test(word));
      return street !== undefined && !NO_STREET.test(street) && (words.length > 2 || /^.{3,}(?:\D{3,})$/.test(street));
    },
  },
  {
    entity: "ZIP_CODE",
    pattern: expression(`${NOT_AFTER}(?:DE?-)?\\d{5}${NOT_BEFORE}`),
    needs: HAS.digit,
    accept: (value, before, after) =>
      value.startsWith("D") || PLZ_LABEL.test(before) || STREET_BEFORE.test(before) || CITY_AFTER.test(after),
  },
];

/** What has been read of a street. */
const STREET = { qualifier: 1, named: 2, numbered: 3, place: 4, preposition: 5, kind: 6 } as const;

const streetPhrase: Phrase = {
  opens: new RegExp(
    `^\\S*${SUFFIX}$|^(?:${[QUALIFIER, PLACE_WORD, PLACE_BEGIN].map(({ source }) => source.slice(1, -1)).join("|")})$`,
  ),
  acrossComma: (state) => state === STREET.numbered,
  begin: (word) => {
    if (KIND_WORD.test(word)) return STREET.kind;
    if (STREET_WORD.test(word)) return STREET.named;
    if (PLACE_WORD.test(word)) return STREET.place;
    if (PLACE_BEGIN.test(word)) return STREET.preposition;
    return QUALIFIER.test(word) ? STREET.qualifier : 0;
  },
  next: (state, word) => {
    if (state === STREET.numbered) return 0;
    if (state === STREET.preposition) return /^(?:der|den|dem|die|das)$/.test(word) ? STREET.place : 0;
    if (state === STREET.kind && /^(?:der|des|am|zum|zur|an)$/.test(word)) return STREET.place;
    if (state === STREET.place) {
      if (word === "der" || ADJECTIVE_WORD.test(word)) return STREET.place;
      return /^[A-ZÄÖÜ]/.test(word) ? STREET.named : 0;
    }
    if (STREET_WORD.test(word)) return STREET.named;
    if (state === STREET.qualifier) return QUALIFIER.test(word) ? STREET.qualifier : 0;
    return /^\d{1,4}[a-z]?$/.test(word) ? STREET.numbered : 0;
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
