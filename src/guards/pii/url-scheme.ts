import { KIND } from "./char-kind.js";

/** Schemes whose addresses are left alone but for the secrets in them. */
const SCHEMES = new Set(
  (
    "https http wss ws ftp ftps sftp git ssh svn file s3 gs ldap ldaps smtp smtps imap imaps mqtt mqtts nats kafka amqp amqps " +
    "postgres postgresql mysql mariadb mssql sqlserver mongodb redis rediss clickhouse cockroachdb neo4j bolt jdbc"
  ).split(" "),
);
const LONGEST = Math.max(...Array.from(SCHEMES, (scheme) => scheme.length));
/** Behind a plus sign: `git+ssh`, `mongodb+srv`, `postgresql+psycopg2`. */
const LONGEST_VARIANT = 12;

/**
 * The length of `scheme://` where the slash at `slash` completes it, 0 where it does not: the scheme must be one of those
 * whose addresses are left alone, and begin with the word or after a sign.
 *
 * @param word where the word begins.
 */
export function schemeLength(text: string, word: number, slash: number): number {
  if (text.charAt(slash - 1) !== "/" || text.charAt(slash - 2) !== ":") return 0;
  const end = slash - 2;
  let start = end;
  while (start > word && end - start <= LONGEST + LONGEST_VARIANT && isSchemeSign(text.charCodeAt(start - 1))) start--;
  const written = text.slice(start, end).toLowerCase();
  const [scheme = "", variant = scheme] = written.split("+");
  if (SCHEMES.has(scheme)) return written.length + 3;
  return SCHEMES.has(variant) && variant !== scheme ? variant.length + 3 : 0;
}

function isSchemeSign(code: number): boolean {
  const isLetter = (code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a;
  return isLetter || code === 0x2b || (code >= 0x30 && code <= 0x39);
}

/** Whether a character ends a URL: white space, a quote, an angle bracket, another script. */
export function endsUrl(code: number, kind: number): boolean {
  return kind === KIND.space || kind === KIND.newline || code > 0x24f || '"<>`'.includes(String.fromCharCode(code));
}
