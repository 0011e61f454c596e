/** English words of units after a number: one, and several. */
const UNITS: Readonly<Record<string, readonly [string, string]>> = {
  km: ["kilometer", "kilometers"],
  m: ["meter", "meters"],
  cm: ["centimeter", "centimeters"],
  mm: ["millimeter", "millimeters"],
  mi: ["mile", "miles"],
  ft: ["foot", "feet"],
  kg: ["kilogram", "kilograms"],
  g: ["gram", "grams"],
  mg: ["milligram", "milligrams"],
  lb: ["pound", "pounds"],
  lbs: ["pound", "pounds"],
  oz: ["ounce", "ounces"],
  l: ["liter", "liters"],
  L: ["liter", "liters"],
  ml: ["milliliter", "milliliters"],
  h: ["hour", "hours"],
  min: ["minute", "minutes"],
  s: ["second", "seconds"],
  ms: ["millisecond", "milliseconds"],
  kB: ["kilobyte", "kilobytes"],
  KB: ["kilobyte", "kilobytes"],
  MB: ["megabyte", "megabytes"],
  GB: ["gigabyte", "gigabytes"],
  TB: ["terabyte", "terabytes"],
  Hz: ["hertz", "hertz"],
  kHz: ["kilohertz", "kilohertz"],
  MHz: ["megahertz", "megahertz"],
  GHz: ["gigahertz", "gigahertz"],
  W: ["watt", "watts"],
  kW: ["kilowatt", "kilowatts"],
  kWh: ["kilowatt hour", "kilowatt hours"],
  V: ["volt", "volts"],
  mph: ["mile per hour", "miles per hour"],
  "km/h": ["kilometer per hour", "kilometers per hour"],
  "°C": ["degree Celsius", "degrees Celsius"],
  "°F": ["degree Fahrenheit", "degrees Fahrenheit"],
  "°": ["degree", "degrees"],
  "%": ["percent", "percent"],
};

const MONEY: Readonly<Record<string, readonly [string, string]>> = {
  $: ["dollar", "dollars"],
  "€": ["euro", "euros"],
  "£": ["pound", "pounds"],
  "¥": ["yen", "yen"],
};

const NAMES = Object.keys(UNITS)
  .sort((a, b) => b.length - a.length)
  .join("|");
const MEASURE = new RegExp(
  `(?<![\\w.,])([-−–]?)(\\d[\\d,]{0,18}(?:\\.\\d{1,12})?)[\\s\\u00a0\\u202f]?(${NAMES})(?![\\w°/])`,
  "g",
);
const AMOUNT = /([$€£¥])(\d[\d,]{0,18}(?:\.\d{1,2})?)(?:\s?(thousand|million|billion|trillion|[kKMB](?!\w)))?/g;
const SHORT: Readonly<Record<string, string>> = { k: "thousand", K: "thousand", M: "million", B: "billion" };
const SIGNS: readonly (readonly [RegExp, string])[] = [
  [/\s?&\s?/g, " and "],
  [/(?<=\d)\s?[×x]\s?(?=\d)/g, " times "],
  [/(?<=\d)\s?[–]\s?(?=\d)/g, " to "],
  [/\s?≈\s?/g, " about "],
  [/\s?≠\s?/g, " is not "],
  [/\s?≤\s?/g, " at most "],
  [/\s?≥\s?/g, " at least "],
  [/\s?(?:→|⇒|->|=>)\s?/g, " to "],
  [/(?<=[\w)])\s=\s(?=[\w(])/g, " equals "],
  [/(?<=[\w)])\s\+\s(?=[\w(])/g, " plus "],
];

/** Units, amounts of money and signs in English words, where a voice might spell them: "5 km", "$3.50", "→". Digits stay. */
export function speakUnits(text: string): string {
  let spoken = text
    .replace(AMOUNT, (_, sign: string, amount: string, scale: string | undefined) => {
      const [one, several] = MONEY[sign] ?? [sign, sign];
      if (scale !== undefined) return `${amount} ${SHORT[scale] ?? scale} ${several}`;
      return `${amount} ${amount === "1" ? one : several}`;
    })
    .replace(MEASURE, (_, minus: string, number: string, unit: string) => {
      const [one, several] = UNITS[unit] ?? [unit, unit];
      return `${minus === "" ? "" : "minus "}${number} ${number === "1" ? one : several}`;
    });
  for (const [sign, words] of SIGNS) spoken = spoken.replace(sign, words);
  return spoken;
}
