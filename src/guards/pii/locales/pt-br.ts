import { HYPHEN, SPACE } from "../entities/signs.js";
import { passesCnpj, passesCpf } from "../national-checks.js";
import { nationalPack } from "./national-pack.js";

/** Brazil: telephone numbers, the CEP, CPF and CNPJ. */
export const ptBr = nationalPack({
  locale: "pt-BR",
  phones: [
    { pattern: `\\(0?[1-9]\\d\\)[${SPACE}]?9?[${SPACE}]?\\d{4}[${SPACE}${HYPHEN}]?\\d{4}` },
    {
      pattern: `(?:[1-9]\\d[${SPACE}])?9[${SPACE}]?\\d{4}[${HYPHEN}]\\d{4}|[1-9]\\d[${SPACE}][2-5]\\d{3}[${HYPHEN}]\\d{4}`,
    },
    { pattern: `0800[${SPACE}${HYPHEN}]\\d{3}[${SPACE}${HYPHEN}]?\\d{4}` },
  ],
  postalCodes: [{ pattern: `\\d{5}[${HYPHEN}]?\\d{3}`, label: "cep|código postal", alone: /^\d{5}\D/ }],
  ids: [
    {
      pattern: `\\d{3}\\.?\\d{3}\\.?\\d{3}[${HYPHEN}]?\\d{2}`,
      check: passesCpf,
      label: "cpf",
      alone: /^\d{3}\.\d{3}\.\d{3}\D/,
    },
    {
      pattern: `\\d{2}\\.?\\d{3}\\.?\\d{3}/?\\d{4}[${HYPHEN}]?\\d{2}`,
      check: passesCnpj,
      label: "cnpj",
      alone: /^\d{2}\.\d{3}\.\d{3}\//,
    },
  ],
});
