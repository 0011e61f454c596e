/** The digits of a text, in order. */
export function digitsOf(text: string): string {
  return text.replace(/\D/g, "");
}

/** Luhn's check (ISO/IEC 7812-1, annex B) over a string of digits. */
export function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let i = digits.length - 1, double = false; i >= 0; i--, double = !double) {
    const digit = digits.charCodeAt(i) - 48;
    const weighed = double ? digit * 2 : digit;
    sum += weighed > 9 ? weighed - 9 : weighed;
  }
  return digits.length > 0 && sum % 10 === 0;
}

/** ISO 7064 mod 97-10, as an IBAN (ISO 13616) is checked: letters count 10 to 35, the first four signs go last. */
export function passesMod97(iban: string): boolean {
  const turned = iban.slice(4) + iban.slice(0, 4);
  let rest = 0;
  for (let i = 0; i < turned.length; i++) {
    const value = Number.parseInt(turned.charAt(i), 36);
    if (Number.isNaN(value)) return false;
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest === 1;
}

/** The check digit of an ISBN (ISO 2108) with 10 or 13 signs, the last of ten may be an X. */
export function passesIsbn(signs: string): boolean {
  if (/^\d{9}[\dX]$/i.test(signs)) return weighedSum(signs, (place) => 10 - place) % 11 === 0;
  if (/^97[89]\d{10}$/.test(signs)) return weighedSum(signs, (place) => (place % 2 === 0 ? 1 : 3)) % 10 === 0;
  return false;
}

function weighedSum(signs: string, weight: (place: number) => number): number {
  let sum = 0;
  for (let place = 0; place < signs.length; place++) {
    const sign = signs.charAt(place);
    sum += (sign === "X" || sign === "x" ? 10 : Number(sign)) * weight(place);
  }
  return sum;
}
