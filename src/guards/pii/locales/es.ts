import { HYPHEN, SPACE } from "../entities/signs.js";
import { passesDni } from "../national-checks.js";
import { nationalPack } from "./national-pack.js";

const GAP = `[${SPACE}${HYPHEN}.]`;

/** Spain: telephone numbers, postal codes, DNI and NIE. */
export const es = nationalPack({
  locale: "es",
  phones: [
    {
      pattern: `[6-9]\\d{2}${GAP}(?:\\d{3}${GAP}\\d{3}|\\d{2}${GAP}\\d{2}${GAP}\\d{2})|[89]\\d${GAP}\\d{3}${GAP}\\d{2}${GAP}\\d{2}`,
    },
  ],
  postalCodes: [
    {
      pattern: "(?:0[1-9]|[1-4]\\d|5[0-2])\\d{3}",
      label: "código postal|codigo postal|cód\\. postal|c\\.?p\\.?",
      before:
        /(?:\b(?:calle|c\/|avenida|avda?\.?|plaza|pza\.?|paseo|carretera|camino|ronda|travesía)\s?[^\n]{2,24}|\bn[º°]\s?\d{1,4}),?\s$/i,
      after:
        /^,?\s(?:Madrid|Barcelona|Val[eè]ncia|Sevilla|Zaragoza|Málaga|Murcia|Palma|Bilbao|Alicante|Córdoba|Valladolid|Vigo|Gijón|Granada|Oviedo|Pamplona|Salamanca|Toledo|Cádiz|Burgos|León|Tarragona|Girona|Santander)(?![\wáéíóúñ])/,
    },
  ],
  ids: [
    {
      pattern: `(?:\\d{8}|\\d{2}\\.\\d{3}\\.\\d{3}|[XYZ]-?\\d{7})[${SPACE}${HYPHEN}]?[A-HJ-NP-TV-Z]`,
      check: passesDni,
      label: "dni|nie|nif",
      alone: /\d-?[A-Z]$/,
    },
  ],
  phrases: [{ begin: (word) => (/^(?:\d{8}|\d{2}\.\d{3}\.\d{3}|[XYZ]-?\d{7})$/.test(word) ? 1 : 0), next: () => 0 }],
});
