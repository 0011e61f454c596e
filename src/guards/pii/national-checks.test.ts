import { expect, test } from "vitest";
import { passesLuhn } from "./checksums.js";
import * as checks from "./national-checks.js";

/** Numbers that their issuers publish as examples, or that were made up to fit. */
test.each([
  ["DNI", checks.passesDni, "12345678Z"],
  ["NIE", checks.passesDni, "X1234567L"],
  ["codice fiscale", checks.passesCodiceFiscale, "RSSMRA85T10A562S"],
  ["BSN", checks.passesElfproef, "111222333"],
  ["NIR", checks.passesNir, "255081416802538"],
  ["NIR of Corsica", checks.passesNir, "184022A00112350"],
  ["Steuer-ID", checks.passesSteuerId, "86095742719"],
  ["CPF", checks.passesCpf, "52998224725"],
  ["CNPJ", checks.passesCnpj, "11222333000181"],
  ["Aadhaar", checks.passesVerhoeff, "234123412346"],
  ["TFN", checks.passesTfn, "123456782"],
  ["My Number", checks.passesMyNumber, "123456789018"],
  ["SIN", passesLuhn, "046454286"],
])("a %s is right with its check digit alone", (_, passes, number) => {
  expect(passes(number)).toBe(true);
  const last = number.slice(-1);
  const others = /\d/.test(last) ? "0123456789" : "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  for (const other of others.replace(last, "")) expect(passes(number.slice(0, -1) + other)).toBe(false);
});

test("numbers of one digit are no CPF", () => {
  expect(checks.passesCpf("11111111111")).toBe(false);
});
