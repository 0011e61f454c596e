import { HAS, type Rule } from "../entity.js";

/** Domains that addresses written in words end with: those of countries, and what is common beside them. */
const TOP =
  /^(?:[a-z]{2}|com|org|net|edu|gov|mil|int|info|biz|name|app|dev|xyz|online|site|shop|tech|email|cloud|museum|travel)$/i;

/** Services whose domains stand in addresses more often than alone. */
const MAIL =
  /^(?:g(?:oogle)?mail|yahoo|ymail|hotmail|outlook|live|msn|icloud|aol|proton(?:mail)?|gmx|fastmail|zoho|yandex|web|t-online|libero|orange|qq)$/i;

/** Words that stand before "at" in a sentence. */
const NO_NAME =
  /^(?:a|an|the|it|its|is|are|was|be|been|us|me|him|her|them|you|we|they|i|that|this|here|there|up|in|out|off|on|down|over|back|right|and|or|but|not|all|now|only|just|also|even|live|available|found|find|look|looked|looking|arrived?|listed|sold|hosted|located|based|visit|shop|shopping|buy|bought|order|ordered|store|site|website|page|blog|online|accounts?|users?|people|anyone|someone|everyone|mail|email|e-mail|address|inbox|works?|working|starts?|started|staff|more|info|details?|read|see|one|free|today|tomorrow|subscribe|register|registered|available)$/i;

/** What announces an address. */
const LABEL =
  /(?:\be-?mails?|\bmail|\baddress(?:es)?|\bcontact|\bwrite|\breach|\bcorreo|\bcourriel|\badresse)\b[^.!?\n\d@]{0,24}$/i;

const LETTER = "A-Za-z0-9\\u00c0-\\u024f";
const WORD = `[${LETTER}_][${LETTER}._%+'&#$-]{0,63}`;
const GAP = "[ \\t]{1,2}";
const BARE = /[ \t](at|dot)[ \t]/gi;

/**
 * E-mail addresses whose signs are words, such as `ann dot lee at example dot com`, in part or all. "at" alone is as often
 * something else, so that something must say that it is an address: what stands before it, how its name is written, a
 * service that everybody knows.
 */
export const spelledAddressRule: Rule = {
  entity: "EMAIL_ADDRESS",
  pattern: new RegExp(
    `(?<![${LETTER}._%+\\-])${WORD}(?:${GAP}dot${GAP}[${LETTER}_-]{1,32}){0,2}(?:@|${GAP}at${GAP})` +
      `[${LETTER}-]{1,63}(?:(?:\\.|${GAP}dot${GAP})[${LETTER}-]{1,63}){1,6}`,
    "gi",
  ),
  needs: HAS.spelled,
  accept: (value, before) => {
    if (value.search(BARE) === -1) return false;
    const end = endOfDomain(value);
    const [name = "", host = ""] = value.slice(0, end).split(/@|[ \t]at[ \t]/i);
    return end > 0 && (value.includes("@") || isName(name.trim(), host, value, before)) ? end : 0;
  },
};

/** Whether an address that was spelled out may be one: of others its end is known. */
export function isSpelledAddress(written: string): boolean {
  const domain = /(?:=40|[\])}>][ \t]{0,2})((?:[^\s]|[ \t](?=[[({<])|(?<=[\])}>])[ \t])+)$/.exec(written)?.[1];
  if (domain === undefined) return true;
  const labels = domain.split(/\.|=2[Ee]|[ \t]{0,2}[[({<][^\])}>]*[\])}>][ \t]{0,2}/);
  return TOP.test(labels.at(-1) ?? "") && /^[^\d]/.test(labels[0] ?? "");
}

/** Where the longest domain ends whose top is known; 0 for none. */
function endOfDomain(value: string): number {
  const dots = [...value.matchAll(/\.|[ \t]{1,2}dot[ \t]{1,2}/gi)];
  const at = value.search(/@|[ \t]at[ \t]/i);
  for (const [index, { 0: dot, index: place }] of [...dots.entries()].reverse()) {
    const end = dots[index + 1]?.index ?? value.length;
    if (place > at && TOP.test(value.slice(place + dot.length, end))) return end;
  }
  return 0;
}

function isName(name: string, host: string, value: string, before: string): boolean {
  if (NO_NAME.test(name) || !/^[^\d\W]/u.test(name)) return false;
  const isWritten = /[\d._+]/.test(name) || /[ \t]dot[ \t]/i.test(name);
  const isCalled = / AT /.test(value) && / DOT /.test(value) && name !== name.toUpperCase();
  return isWritten || isCalled || LABEL.test(before) || MAIL.test(host.trim().split(/[. \t]/)[0] ?? "");
}
