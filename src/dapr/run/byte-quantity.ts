import { invalid } from "../../stream/error.js";

/** Bytes of each suffix of Kubernetes' quantities. */
const SUFFIXES: Readonly<Record<string, number>> = {
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  Ki: 1_024,
  Mi: 1_024 ** 2,
  Gi: 1_024 ** 3,
};

/**
 * A size such as `4Mi` in bytes. Format: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/,
 * as far as sizes of requests need it.
 *
 * @param path what names it in the error.
 * @throws {SluiceError} `invalid-argument` for anything else.
 */
export function readByteQuantity(text: string, path: string): number {
  const [, digits = "", suffix = ""] = /^(\d+(?:\.\d+)?)([A-Za-z]*)$/.exec(text) ?? [];
  const unit = Object.hasOwn(SUFFIXES, suffix) ? SUFFIXES[suffix] : undefined;
  if (digits === "" || unit === undefined) throw invalid(path, text, "a size in bytes, for example 4Mi or 512k");
  return Math.ceil(Number(digits) * unit);
}
