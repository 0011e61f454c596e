import { HAS, type Phrase, type Rule } from "../entity.js";

/** Keys and tokens that say what they are: by the prefixes that their issuers document. */
const PREFIXED = [
  // OpenAI, Anthropic, OpenRouter, DeepSeek.
  "sk-[\\w-]{16,}",
  // Stripe.
  "(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{10,}",
  "whsec_[A-Za-z0-9]{16,}",
  // GitHub, GitLab.
  "gh[pousr]_[A-Za-z0-9]{20,}",
  "github_pat_\\w{20,}",
  "glpat-[\\w-]{16,}",
  // AWS, Google.
  "(?:AKIA|ASIA)[A-Z0-9]{16}",
  "AIza[\\w-]{30,}",
  "ya29\\.[\\w-]{16,}",
  "GOCSPX-[\\w-]{16,}",
  // Slack, Telegram, SendGrid, Shopify.
  "xox[abeoprs]-[A-Za-z0-9-]{10,}",
  "xapp-[\\w-]{10,}",
  "\\d{8,10}:[\\w-]{35}",
  "SG\\.[\\w-]{16,}\\.[\\w-]{16,}",
  "shp(?:at|ss|ca|pa)_[a-f0-9]{32}",
  // Hugging Face, Groq, xAI, Replicate, Perplexity, NVIDIA, Databricks.
  "hf_[A-Za-z0-9]{20,}",
  "gsk_[A-Za-z0-9]{20,}",
  "xai-[A-Za-z0-9]{20,}",
  "r8_[A-Za-z0-9]{20,}",
  "pplx-[A-Za-z0-9]{20,}",
  "nvapi-[\\w-]{20,}",
  "dapi[a-f0-9]{32}",
  // Tavily, Mailgun, Notion, Linear, Figma, Atlassian, Postman, Grafana, Square, Supabase, HashiCorp Vault, Docker.
  "tvly-[A-Za-z0-9-]{16,}",
  "key-[a-f0-9]{32}",
  "(?:secret|ntn)_[A-Za-z0-9]{32,}",
  "lin_api_[A-Za-z0-9]{32,}",
  "figd_[\\w-]{32,}",
  "ATATT3[\\w-]{32,}",
  "PMAK-[a-f0-9]{24}-[a-f0-9]{34}",
  "glsa_[A-Za-z0-9]{32}_[a-f0-9]{8}",
  "sq0(?:atp|csp|idp)-[\\w-]{22,}",
  "sbp_[a-f0-9]{40}",
  "hv[sb]\\.[\\w-]{20,}",
  "dckr_pat_[\\w-]{20,}",
  // Twilio, Age.
  "(?:AC|SK)[a-f0-9]{32}",
  "AGE-SECRET-KEY-1[A-Z0-9]{58}",
  // npm, PyPI, DigitalOcean.
  "npm_[A-Za-z0-9]{30,}",
  "pypi-[\\w-]{16,}",
  "do[opr]_v1_[a-f0-9]{32,}",
  // JSON Web Tokens (RFC 7519): two JSON objects in base64url.
  "eyJ[\\w-]{8,}\\.eyJ[\\w-]{8,}(?:\\.[\\w-]*)?",
];

/** What stands before a key or token that does not say what it is. */
const LABEL =
  /(?:(?:api|functions|subscription|account|shared|master|license|encryption|signing|service)[_ -]?key|set-cookie:\s[\w.-]{1,20}|cookie:\s[\w.-]{1,20}|access[_ -]?key|secret(?:[_ -]?key)?|(?<!(?:page|next|sync|continuation|resume|cursor)[_ -]?)token|bearer|authorization)["'`]?\s{0,2}[:=]?\s{0,2}(?:is\s)?(?:bearer\s|basic\s)?["'`]?$/i;

const PEM_WORD = /^(?:[A-Z0-9]{2,12}|KEY-----|BLOCK-----)$/;

/** Keys and tokens of services, and private keys in PEM form. */
export const apiKeyRules: readonly Rule[] = [
  {
    entity: "API_KEY",
    pattern: new RegExp(`(?<![A-Za-z0-9])(?:${PREFIXED.join("|")})`, "g"),
    needs: HAS.longWord,
    accept: (value) => /\d/.test(value),
    inCode: true,
    rest: "token",
  },
  {
    entity: "API_KEY",
    pattern: /(?<![A-Za-z0-9_\-.~+/])[A-Za-z0-9_\-.~+/]{16,}={0,2}/g,
    needs: HAS.longWord | HAS.digit,
    accept: (value, before) => /\d/.test(value) && /[A-Za-z]/.test(value) && LABEL.test(before) && untilDot(value),
    inCode: true,
    rest: "token",
  },
  {
    entity: "API_KEY",
    pattern: /(?<=(?:passw(?:or)?d|pwd|passphrase)["'`]?\s?[:=]\s?["'`]?)[\w.+%@:/#&$~^-]{6,64}/gi,
    needs: HAS.digit,
    accept: (value) => /\d/.test(value) && /[A-Za-z]/.test(value) && untilDot(value),
    inCode: true,
    rest: "token",
  },
  {
    entity: "API_KEY",
    pattern: /-----BEGIN (?:[A-Z0-9]{2,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----[A-Za-z0-9+/\\]*(?:-----[A-Z]*)?/g,
    needs: HAS.phrase,
    inCode: true,
    rest: "pem",
  },
];

/** The line that begins a private key in PEM form (RFC 7468). */
export const pemPhrase: Phrase = {
  opens: /-----BEGIN$/,
  inCode: true,
  glued: true,
  begin: (word) => (word.endsWith("-----BEGIN") ? 1 : 0),
  next: (state, word) => (state < 6 && PEM_WORD.test(word) && !word.endsWith("-") ? state + 1 : 0),
};

/** The length of a value without the full stop of its sentence. */
function untilDot(value: string): number {
  return value.endsWith(".") ? value.length - 1 : value.length;
}
