import { HYPHEN, SPACE } from "../entities/signs.js";
import { passesCodiceFiscale } from "../national-checks.js";
import { nationalPack } from "./national-pack.js";

const GAP = `[${SPACE}${HYPHEN}.]`;

/** Italy: telephone numbers, the CAP, and the codice fiscale. */
export const it = nationalPack({
  locale: "it",
  phones: [
    { pattern: `3\\d{2}${GAP}\\d{3}${GAP}?\\d{3,4}|3\\d{2}${GAP}\\d{6,7}|3\\d{2}${GAP}\\d{2}${GAP}\\d{2}${GAP}\\d{3}` },
    { pattern: `0\\d{1,3}[${SPACE}${HYPHEN}./]\\d{2,4}(?:${GAP}?\\d{2,4}){1,2}`, digits: [8, 11] },
  ],
  postalCodes: [
    {
      pattern: "(?:I-)?\\d{5}",
      label: "cap|c\\.a\\.p\\.|codice postale",
      before: /\b(?:via|viale|v\.le|piazza|p\.zza|corso|largo|vicolo|strada|lungomare)\s[^\n]{2,24},?\s$/i,
      after:
        /^,?\s(?:Roma|Milano|Napoli|Torino|Palermo|Genova|Bologna|Firenze|Bari|Catania|Venezia|Verona|Messina|Padova|Trieste|Brescia|Parma|Modena|Perugia|Cagliari|Livorno|Pisa|Siena|Bergamo|Trento|Bolzano)(?![\wàèéìòù])/,
      alone: /^I-/,
    },
  ],
  ids: [
    {
      pattern: "[A-Za-z]{6}\\d{2}[A-EHLMPRSTa-ehlmprst]\\d{2}[A-Za-z]\\d{3}[A-Za-z]",
      check: passesCodiceFiscale,
      label: "codice fiscale|c\\.f\\.|cf",
      alone: /^/,
    },
  ],
});
