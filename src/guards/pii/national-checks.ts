/** The check digits of national numbers. Each takes the signs of a number without what separates them. */

/** Spain's DNI and NIE: the letter is the number modulo 23; X, Y and Z stand for 0, 1 and 2. Orden INT/2058/2008. */
export function passesDni(signs: string): boolean {
  const digits = signs.slice(0, -1).replace(/^[XYZ]/, (letter) => String("XYZ".indexOf(letter)));
  return "TRWAGMYFPDXBNJZSQVHLCKE".charAt(Number(digits) % 23) === signs.slice(-1);
}

/** What the signs 0 to 9 and A to Z count in odd places of an Italian fiscal code. */
const ODD = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];

/** Italy's codice fiscale (DM 23 December 1976): fifteen signs and a letter. */
export function passesCodiceFiscale(signs: string): boolean {
  let sum = 0;
  for (let place = 0; place < 15; place++) {
    const value = Number.parseInt(signs.charAt(place), 36);
    const index = value > 9 ? value - 10 : value;
    sum += place % 2 === 0 ? (ODD[index] ?? 0) : index;
  }
  return String.fromCharCode(65 + (sum % 26)) === signs.charAt(15);
}

/** The Netherlands' BSN, by the "elfproef": weights 9 to 2 and -1, modulo 11. */
export function passesElfproef(digits: string): boolean {
  return Number(digits) > 0 && weighed(digits, [9, 8, 7, 6, 5, 4, 3, 2, -1]) % 11 === 0;
}

/** France's NIR: its last two digits are 97 less the others modulo 97; Corsica's 2A and 2B count as 19 and 18. */
export function passesNir(signs: string): boolean {
  const number = Number(signs.slice(0, 13).replace("2A", "19").replace("2B", "18"));
  return 97 - (number % 97) === Number(signs.slice(13));
}

/** Germany's tax id: ISO 7064 mod 11,10, and among the first ten digits one that comes twice or three times. */
export function passesSteuerId(digits: string): boolean {
  const first = digits.slice(0, 10);
  const different = new Set(first).size;
  if (different !== 9 && different !== 8) return false;
  let product = 10;
  for (const digit of first) {
    const sum = (Number(digit) + product) % 10 || 10;
    product = (sum * 2) % 11;
  }
  return (11 - product) % 10 === Number(digits.charAt(10));
}

/** Brazil's CPF: nine digits, and two that are the weighted sums of those before them modulo 11. */
export function passesCpf(digits: string): boolean {
  return hasBrazilianChecks(digits, [10, 9, 8, 7, 6, 5, 4, 3, 2]);
}

/** Brazil's CNPJ, of companies: the same with twelve digits. */
export function passesCnpj(digits: string): boolean {
  return hasBrazilianChecks(digits, [5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]);
}

function hasBrazilianChecks(digits: string, weights: readonly number[]): boolean {
  if (new Set(digits).size === 1) return false;
  const check = (own: readonly number[]) => {
    const rest = weighed(digits, own) % 11;
    return (rest < 2 ? 0 : 11 - rest) === Number(digits.charAt(own.length));
  };
  return check(weights) && check([weights.length === 9 ? 11 : 6, ...weights]);
}

const MULTIPLY =
  "0123456789 1234067895 2340178956 3401289567 4012395678 5987604321 6598710432 7659821043 8765932104 9876543210"
    .split(" ")
    .map((row) => [...row].map(Number));
const PERMUTE = "0123456789 1576283094 5803796142 8916043527 9453126870 4286573901 2793806415 7046913258"
  .split(" ")
  .map((row) => [...row].map(Number));

/** Verhoeff's check (1969), by the multiplication of the dihedral group of ten elements: India's Aadhaar. */
export function passesVerhoeff(digits: string): boolean {
  let check = 0;
  for (let place = 0; place < digits.length; place++) {
    const digit = Number(digits.charAt(digits.length - 1 - place));
    check = MULTIPLY[check]?.[PERMUTE[place % 8]?.[digit] ?? 0] ?? 0;
  }
  return check === 0;
}

/** Australia's tax file number of nine digits. */
export function passesTfn(digits: string): boolean {
  return weighed(digits, [1, 4, 3, 7, 5, 8, 6, 9, 10]) % 11 === 0;
}

/** Japan's individual number (ministerial ordinance 85 of 2014, article 5). */
export function passesMyNumber(digits: string): boolean {
  const rest = weighed(digits, [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
  return (rest < 2 ? 0 : 11 - rest) === Number(digits.charAt(11));
}

function weighed(digits: string, weights: readonly number[]): number {
  return weights.reduce((sum, weight, place) => sum + weight * Number(digits.charAt(place)), 0);
}
