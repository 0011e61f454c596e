/** Names of parameters whose values are secrets whatever they look like, and those that are so where they look like one. */
const SECRET_NAME =
  /^(?:(?:x-)?api[-_.]?key|(?:.*[-_.])?(?:secret|password|passwd|pwd|credential|signature|api[-_]?key|access[-_]?key|private[-_]?key|subscription[-_]?key)|(?:access|refresh|id|auth|session|bearer|oauth|csrf|security)[-_.]?token|client[-_]?secret|x-(?:amz|goog)-(?:signature|credential|security-token)|sas|apikey|passphrase|pass)$/i;
const LIKELY_NAME =
  /^(?:(?:.*[-_.])?(?:token|key|auth|authorization|code|sig|hash|hmac|jwt|session|sessionid|sid|ticket|nonce))$/i;
/** Names of what only sounds like one. */
const HARMLESS_NAME =
  /(?:page|next|sync|continuation|resume|cursor|public|sort|primary|foreign|cache)[-_.]?(?:token|key)$/i;

/** What stands for a value in documentation. */
const STANDIN =
  /^(?:[<{[$%:].*|(?:your|my|the|some|example)[-_ ].*|.*[-_ ]here|x{3,}|\*+|\.{3}|null|undefined|true|false|none)$/i;
/** Signs behind a URL that belong to the text around it. */
const TRAILING = /[)\]}.,;:!'*_~|\\]+$/;

/** Paths whose next part is a secret: incoming webhooks of Slack, Discord and Microsoft Teams. */
const SECRET_PATH = /(?:\/services\/T\w+\/B\w+|\/api\/webhooks\/\d+|\/webhookb2\/[^?#]+|\/IncomingWebhook\/\w+)\/$/i;
/** Of a Telegram bot: its number and its token. */
const BOT = /^bot\d{6,12}:[\w-]{20,}$/;
const LONGEST_PATH = 96;
const LEAST_LIKELY = 8;
const LEAST_IN_PATH = 16;

/** Where a secret stands in a part of a URL. */
export interface UrlSecret {
  start: number;
  end: number;
}

/** Follows a URL behind its scheme, part by part, and says where in a part a secret stands. */
export class UrlSecrets {
  #section: "authority" | "path" | "name" | "value" = "authority";
  /** The path so far, or its end. */
  #path = "";
  /** Of the current parameter. */
  #name = "";

  /** Whether a sign ends the part that is being read. */
  ends(sign: string): boolean {
    switch (this.#section) {
      case "authority":
      case "path":
        return sign === "/" || sign === "?" || sign === "#";
      case "name":
        return sign === "=" || sign === "&" || sign === "#";
      case "value":
        return sign === "&" || sign === "#" || sign === ";";
      default:
        return this.#section satisfies never;
    }
  }

  /** The secret in a part that is complete, or is too long to wait for its end. */
  find(part: string): UrlSecret | undefined {
    switch (this.#section) {
      case "authority":
        return inAuthority(part);
      case "path":
        return this.#inPath(part);
      case "name":
        return undefined;
      case "value":
        return this.#inValue(part);
      default:
        return this.#section satisfies never;
    }
  }

  /** Goes on behind a part, whose end is `sign`. */
  next(part: string, sign: string): void {
    if (sign === "?" || sign === "#" || sign === "&" || sign === ";") {
      this.#section = "name";
      this.#name = "";
    } else if (sign === "=") {
      this.#section = "value";
      this.#name = part;
    } else {
      this.#section = "path";
      this.#path = `${this.#path}${part}/`.slice(-LONGEST_PATH);
    }
  }

  #inPath(part: string): UrlSecret | undefined {
    if (BOT.test(part)) return { start: part.indexOf(":") + 1, end: part.length };
    const end = part.replace(TRAILING, "").length;
    return end >= LEAST_IN_PATH && SECRET_PATH.test(this.#path) ? { start: 0, end } : undefined;
  }

  #inValue(part: string): UrlSecret | undefined {
    const value = part.replace(TRAILING, "");
    if (value === "" || STANDIN.test(value) || HARMLESS_NAME.test(this.#name)) return undefined;
    const secret = { start: 0, end: value.length };
    if (SECRET_NAME.test(this.#name)) return secret;
    const likely = value.length >= LEAST_LIKELY && /\d/.test(value) && /[a-z]/i.test(value);
    return likely && LIKELY_NAME.test(this.#name) ? secret : undefined;
  }
}

/** The password of `user:password@host`. */
function inAuthority(part: string): UrlSecret | undefined {
  const end = part.lastIndexOf("@");
  const colon = part.indexOf(":");
  if (end === -1 || colon === -1 || colon > end) return undefined;
  const password = part.slice(colon + 1, end);
  return password === "" || STANDIN.test(password) ? undefined : { start: colon + 1, end };
}
