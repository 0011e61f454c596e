import type { Phrase, Rule } from "../entity.js";
import { HAS } from "../entity.js";
import { expression, SPACE } from "./signs.js";

/** What a street address is made of in a country. */
export interface StreetWords {
  /** Words that end the name of a street, capitalised. */
  suffixes: readonly string[];
  /** Those that do so, and are as often part of other names: a city must follow, or a word such as "at" stand before. */
  cued: readonly string[];
  /** Those that end it without capitals, too; their other meanings are rare after a number. */
  plain: readonly string[];
  /** Names of streets that have no such word. */
  names: readonly string[];
}

const GAP = `[${SPACE}]{1,2}`;
const CAPITALISED = "[A-Z0-9\\u00c0-\\u00de][\\w'’.\\u00c0-\\u024f-]{0,24}";
const UNITS = ["Apt", "Apartment", "Suite", "Ste", "Unit", "Floor", "Fl", "Room", "Rm", "Flat"];
const UNIT = `(?:${inCases(UNITS)})`;
const UNIT_WORD = new RegExp(`^(?:(?:${UNITS.join("|")})\\.?|#[\\w-]*|\\d{1,3}(?:st|nd|rd|th))$`, "i");
const DIRECTION = "(?:NE|NW|SE|SW|N|S|E|W|North|South|East|West)";
const DIRECTION_WORD = new RegExp(`^${DIRECTION}\\.?$`, "i");

/** `12`, `12-14`, `12B`, `123-A`, and those of Wisconsin: `N6W23001`. */
const NUMBER = "(?:\\d{1,6}(?:-\\d{1,4}|-?[A-Za-z])?|[NSEW]\\d{1,5}[NSEW]\\d{1,5})";
const NUMBER_WORD = "(?:One|Two|Three|Four|Five|Ten)";
const HOUSE_NUMBER = new RegExp(`^\\(?(?:${NUMBER}|${NUMBER_WORD})$`);
const YEAR = /^(?:1[5-9]|20)\d\d /;
const YEAR_BEFORE = /\b(?:in|since|of|by|from|until|till|during|the|for|after|before)\s$/i;

/** Ways whose kind comes first, as they are written in many American cities. */
const WAY = "(?:Calle|Avenida|Avda\\.?|Via|Camino|Caminito|Paseo|Rue|Rua|Corso|Viale|Piazza)";
const PARTICLE = "(?:de|del|della|di|da|do|dos|des|du|la|las|los|le|les|el)";
const PARTICLE_WORD = new RegExp(`^${PARTICLE}$`);
/** Roads that have a number. */
const ROAD =
  "(?:(?:Old|County|State|US|U\\.S\\.|North|South|East|West)[ ]){0,2}(?:Highway|Hwy\\.?|Route|Rte\\.?|Road|Rd\\.?|CR|SR|FM|US)[ -]\\d{1,4}[A-Z]?";

/** What stands before an address. */
const CUE =
  /\b(?:address(?:[ _]?(?:line)?[ _]?\d)?|street|location|live[sd]?|living|located|reside[sd]?|moved|ship(?:ped|ping)?|deliver(?:y|ed)?|mail|send|sent|office|home|house|visit|at|to|is|from)\b["'*_]{0,2}[:\s]["'*_(\s]{0,3}$/i;
const CITY = /^,\s[A-Z\u00c0-\u00de][a-z\u00df-\u024f]/;

/** Things that are counted, and none of them a street: `10 Google Drive files`. */
const NO_STREET =
  /\s(?:(?:Google|Hard|USB|Flash|Disk|Thumb|Test|Pen|Tape) Drive|(?:Supreme|District|High|Circuit|Federal|Appeals|County|Tennis|Basketball|Food) Court|Milky Way|(?:Hour|Star) (?:Plaza|Place)|(?:\S+ )?(?:Street|Road) (?:View|Fighter|Journal|Fair|Food))(?!\w)/;
/** So much of something: `5 Star Drive` is more often praise, and `10 Minute Drive` a way. */
const MEASURE = new RegExp(
  "^(?:\\d{1,3}\\s+(?:Mile|Minute|Min|Hour|Hr|Day|Night|Week|Month|Year|Km|Kilomet(?:er|re)|Met(?:er|re)|Foot|Feet|Yard|Inch|Acre" +
    "|Bedroom|Bed|Bath|Percent|Degree)|[1-7]\\s+Star|1?\\d\\s+(?:Point|Step|Way|Lane|Part|Person|Player|Story|Storey))s?\\s",
  "i",
);
/** What follows the name of a street that stands for something else. */
const NO_STREET_AFTER = /^\s(?:View|Fighter|Journal|Fair|Food|shows?|musicals?|plays|productions|theat(?:er|re)s)\b/;

/** Words that are part of a sentence rather than of a street's name. */
const NO_NAME = new Set(
  (
    "a an and are as at away be been but by can did do down each every few for from had has have i if in into is it " +
    "its lane left like long many me mile miles minute minutes more most my of off on one only or other our out over " +
    "people per side so some than that the their them then there these they this those to two up us was way we went " +
    "were which who will with you your block blocks car cars day days dead different foot hour hours major metre " +
    "metres meter meters new old single small times year years"
  ).split(" "),
);

const CAPITAL = /^[A-Z0-9\u00c0-\u00de]/;
const LOWER_CASE = /^[a-z][a-z'’-]+$/;

/** The most words between the number and the end of an address. */
const MOST_WORDS = 8;
/** Added to a phrase's state once a word has ended the street's name. */
const NAMED = 10;
/** A word that has a full stop of its own. */
const ABBREVIATED =
  /\b(?:St|Ave|Blvd|Rd|Dr|Ln|Ct|Cir|Pl|Pkwy|Ter|Trl|Hwy|Sq|Tpke|Expy|Fwy|Xing|Rdg|Pt|Fl|[NSEW]{1,2})\.$/i;

/** Street addresses whose number comes first: `12 Main Street, Apt 4`. */
export function numberedStreet(words: StreetWords): { rules: Rule[]; phrase: Phrase } {
  return { rules: rules(words), phrase: phrase(words) };
}

function rules({ suffixes, cued, plain, names }: StreetWords): Rule[] {
  const before = "(?<![\\w.,$€£#/-])";
  const number = `${before}${NUMBER}(?:${GAP}1/2)?${GAP}`;
  const name = `(?:${CAPITALISED}${GAP})`;
  const unit = `(?:,?${GAP}(?:${UNIT}\\.?${GAP}#?[\\w-]{1,6}|#[${SPACE}]?[\\w-]{1,6}|\\d{1,3}(?:st|nd|rd|th)${GAP}(?:Floor|Fl|floor|fl)\\b))?`;
  // A quotation mark may follow, but no genitive.
  const wordEnd = "(?![\\w-]|['’]\\w)";
  const end = `${wordEnd}\\.?(?:${GAP}${DIRECTION}\\b)?${unit}`;
  const ending = `(?:${inCases(suffixes)})`;
  const all = [...suffixes, ...cued].join("|");
  const rule = (
    pattern: string,
    accept: NonNullable<Rule["accept"]>,
    needs: number = HAS.digit | HAS.letter,
  ): Rule => ({
    entity: "STREET_ADDRESS",
    pattern: expression(pattern),
    needs,
    accept: (value, left, right) => accept(value, left, right) && withoutFullStop(value),
  });
  return [
    rule(`${number}${ROAD}${end}`, (value, left, right) => /^\d{3}/.test(value) || isCued(left, right)),
    rule(`${number}(?:${name}{1,5}${ending}|${names.join("|")})${end}`, isStreet),
    rule(
      `${number}(?:${DIRECTION}\\.?${GAP})?(?:El${GAP})?${WAY}(?:${GAP}${PARTICLE}){0,3}(?:${GAP}${CAPITALISED}){1,2}${unit}`,
      isStreet,
    ),
    rule(`${number}Avenue${GAP}(?:of${GAP}the${GAP}[A-Z][a-z]+|[A-Z])${end}`, isStreet),
    rule(
      `${number}${name}{1,3}(?:${cued.join("|")})${end}`,
      (value, left, right) => isStreet(value, left, right) && isCued(left, right),
    ),
    rule(
      `${before}${NUMBER_WORD}${GAP}${name}{1,3}(?:${all})${end}`,
      (_, left, right) => isCued(left, right),
      HAS.phrase,
    ),
    rule(`${number}(?:[a-z][a-z'’-]{1,20}${GAP}){1,2}(?:${plain.join("|")})${end}`, (value) => {
      const [, ...lower] = value.split(/\s+/);
      return lower.slice(0, -1).every((word) => !NO_NAME.has(word)) && !/^(?:lane|way)/.test(lower[0] ?? "");
    }),
  ];
}

function phrase({ suffixes, cued, plain, names }: StreetWords): Phrase {
  const endings = new Set([...suffixes, ...cued, ...names, ...plain].map((word) => word.toLowerCase()));
  return {
    opens: new RegExp(`^(?:${NUMBER_WORD}|[NSEW]\\d+[NSEW]\\d+)$`),
    acrossComma: (state) => state > NAMED,
    begin: (word) => (HOUSE_NUMBER.test(word) ? 1 : 0),
    next: (state, word) => {
      const words = (state % NAMED) + 1;
      if (words > MOST_WORDS) return 0;
      const named = state > NAMED;
      if (named && (word === "of" || word === "the")) return NAMED + words;
      if (endings.has((word.endsWith(".") ? word.slice(0, -1) : word).toLowerCase())) return NAMED + words;
      if (NO_NAME.has(word) || (word.endsWith(".") && word.length > 5)) return 0;
      if (named) return /^[A-Z#]/.test(word) || UNIT_WORD.test(word) || DIRECTION_WORD.test(word) ? NAMED + words : 0;
      if (CAPITAL.test(word) || PARTICLE_WORD.test(word)) return words;
      return words <= 3 && LOWER_CASE.test(word) ? words : 0;
    },
  };
}

function isStreet(value: string, before: string, after: string): boolean {
  if (MEASURE.test(value) && !CUE.test(before) && !CITY.test(after)) return false;
  return !(YEAR.test(value) && YEAR_BEFORE.test(before)) && !NO_STREET.test(value) && !NO_STREET_AFTER.test(after);
}

/** A text that is nothing else may be the value of a field. */
function isCued(before: string, after: string): boolean {
  return CUE.test(before) || CITY.test(after) || (before === "" && after === "");
}

/** The length of an address without the full stop of its sentence. */
function withoutFullStop(value: string): number {
  return value.endsWith(".") && !ABBREVIATED.test(value) ? value.length - 1 : value.length;
}

/** Words as they are, in capitals and in small letters. */
function inCases(words: readonly string[]): string {
  return words.flatMap((word) => [word, word.toUpperCase(), word.toLowerCase()]).join("|");
}
