import { HAS, type Phrase, type Rule } from "../entity.js";
import { standsAlone } from "./signs.js";

const OCTET = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";

/** Words after which four numbers are a version. */
const VERSION = new RegExp(
  "\\b(?:(?:v|ver|\\w{0,24}versions?|release|build|firmware|section|chapter|clause|figure|step|kernel|patch|revision|rev)\\.?(?:\\s(?:is|was|number|no\\.?))?" +
    "|(?:up|down)grad\\w{1,4}(?:\\sfrom(?:\\s[\\d.]{5,16}\\sto)?|\\sto)?" +
    // What is known by such versions: systems, browsers, runtimes, drivers.
    "|linux|ubuntu|debian|fedora|centos|windows|macos|android|ios|chrome|chromium|firefox|safari|edge|opera|electron" +
    "|java|jdk|jre|openjdk|python|node(?:\\.?js)?|php|perl|gcc|clang|glibc|cuda|drivers?|bios|openssl|nginx|apache|tomcat" +
    "|mysql|mariadb|oracle|\\.net|dotnet|unity|directx|office|photoshop|teams|zoom|docker|kubernetes|postgres(?:ql)?|redis|mongodb|kafka|webkit|gecko" +
    "|skype|slack|discord|spotify|whatsapp|telegram|steam|outlook|excel|acrobat|vscode|oid|hotfix|appendix|article" +
    ")(?:[:=/\\s]{1,2}|\\W{1,2}[\"'(])$",
  "i",
);

/** Words after which it is more often a version, but for an address of a private network. */
const PROGRAM =
  /\b(?:app|apps|application|software|sdk|package|pkg|plugin|extension|module|library|lib|game|update|tool|toolkit|framework|product)[:=/@\s]{1,2}$/i;
/** What compares versions. Filters compare addresses by it as well, whose names say so. */
const REQUIREMENT = /(?<!(?:ip|addr|address|host|src|dst|source|client)\s?)[=<>~!]=\s?$/i;
const PRIVATE = /^(?:10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|169\.254\.)/;

/** Four numbers behind the sign of a paragraph are its own. */
const PARAGRAPH = /§\s?$/;

/** What four numbers stand before as the number of a section. */
const TITLE =
  /^(?:Introduction|Overview|Scope|Background|Purpose|Objectives?|Requirements?|Definitions?|Terminology|Conclusions?|Glossary|Preface|Methodology)[.:]?$/;
/** The numbers of a section: none is 0, and few are large, as most of an address are. */
const SECTION = /^(?:[1-9]|[12]\d)(?:\.(?:[1-9]|[12]\d)){3}$/;
/** What happens to versions, and now and then to addresses. */
const RELEASED = /^released[.:]?$/;
/** Numbers of a release. Two zeros within are common there, and rare in an address. */
const RELEASE = /^\d{1,3}\.0\.0\.\d{1,3}$/;

/** Addresses of public resolvers that look like sections or releases: Cloudflare, Google, Quad9, Level 3, CNNIC, Comodo. */
const RESOLVER =
  /^(?:1\.1\.1\.[1-3]|1\.0\.0\.[1-3]|8\.8\.8\.8|8\.8\.4\.4|9\.9\.9\.(?:9|1[0-2])|4\.2\.2\.[1-6]|1\.2\.4\.8|8\.26\.56\.26)$/;

/** Four numbers and the word behind them, where it may say that they are no address. */
export const quadPhrase: Phrase = {
  begin: (word) => ((SECTION.test(word) || RELEASE.test(word)) && !isKnownAddress(word) ? 1 : 0),
  next: () => 0,
};

/** Whether the word behind an address says that it is the number of a section, or a version. */
function isNumbered(value: string, after: string): boolean {
  const [, word = ""] = /^\s(\S+)/.exec(after) ?? [];
  const fits = (SECTION.test(value) && TITLE.test(word)) || (RELEASE.test(value) && RELEASED.test(word));
  return fits && !isKnownAddress(value);
}

function isKnownAddress(quad: string): boolean {
  return PRIVATE.test(quad) || RESOLVER.test(quad);
}

/** This machine and "any address" say nothing about a person. */
const UNSPECIFIC = /^(?:127\.|0\.0\.0\.0$|255\.255\.255\.)/;

/** IPv4 addresses in dotted decimal, and IPv6 addresses (RFC 4291, section 2.2). */
export const ipRules: readonly Rule[] = [
  {
    entity: "IP",
    pattern:
      /(?<![\w.]|(?<!\w)[0-9A-Fa-f]{0,4}:)[0-9A-Fa-f:]{2,39}(?:\d{1,3}(?:\.\d{1,3}){3})?(?:%[0-9A-Za-z]{1,15})?(?![\w:]|\.\d)/g,
    needs: HAS.colons,
    // A colon behind it is the sentence's, as in a line of a log.
    accept: (value) => {
      const [address = ""] = value.split("%");
      return /[^:]:$/.test(address) ? isIpv6(address.slice(0, -1)) && address.length - 1 : isIpv6(address);
    },
  },
  {
    entity: "IP",
    pattern: new RegExp(
      `(?<![\\d_.]|(?<!\\d\\.\\d{1,3})-)${OCTET}(?:\\.${OCTET}){3}(?!\\w|-(?!\\d{1,3}\\.\\d{1,3}\\.)|\\.\\d)`,
      "g",
    ),
    needs: HAS.digit,
    accept: (value, before, after) =>
      standsAlone(before) &&
      !UNSPECIFIC.test(value) &&
      !isNumbered(value, after) &&
      !VERSION.test(before) &&
      !PARAGRAPH.test(before) &&
      (PRIVATE.test(value) || !PROGRAM.test(before)) &&
      !REQUIREMENT.test(before),
  },
];

// What stands before both may be a label with a colon ("ip:"), but no other group of digits.

const MAC_LABEL = /\bmac(?:[ _-]?addr(?:ess)?)?\b(?:\sis)?\W{1,4}$/i;

/**
 * Six pairs of hexadecimal digits with hyphens or colons (IEEE 802), three groups of four with dots, or, labelled, twelve
 * in a row.
 */
export const macAddressRule: Rule = {
  entity: "MAC_ADDRESS",
  pattern:
    /(?<![\w-]|\w\.|(?<!\w)[0-9A-Fa-f]{0,4}:)(?:[0-9A-Fa-f]{2}([:-])(?:[0-9A-Fa-f]{2}\1){4}[0-9A-Fa-f]{2}|(?:[0-9A-Fa-f]{4}\.){2}[0-9A-Fa-f]{4}(?!\.\w)|[0-9A-Fa-f]{12})(?![\w-]|:[\w:])/g,
  needs: 0,
  accept: (value, before) =>
    /[:-]/.test(value) || (/\d/.test(value) && (value.includes(".") || MAC_LABEL.test(before))),
};

function isIpv6(text: string): boolean {
  const [head = "", tail, more] = text.split("::");
  if (more !== undefined || text.includes(":::")) return false;
  const groups = groupsOf(head) + groupsOf(tail ?? "");
  if (Number.isNaN(groups) || (tail === undefined ? groups !== 8 : groups > 7)) return false;
  // Eight pairs are a longer kind of hardware address (EUI-64).
  if (/^(?:[0-9A-Fa-f]{2}:){7}[0-9A-Fa-f]{2}$/.test(text)) return false;
  // `12::34` and `1:2:3:4:5:6:7:8` are times and lists: of short decimal groups alone no address is made.
  if (/^(?:\d{0,2}:){2,7}\d{0,2}$/.test(text)) return false;
  // `::` and `::1` are no one's; `abc::def` is more often C++.
  return groups > 2 || (/\d/.test(text) && groups > 1);
}

/** How many groups of 16 bits a part has; NaN where one is wrong. */
function groupsOf(part: string): number {
  if (part === "") return 0;
  let groups = 0;
  for (const group of part.split(":")) {
    if (/^[0-9A-Fa-f]{1,4}$/.test(group)) groups++;
    else if (/^\d{1,3}(?:\.\d{1,3}){3}$/.test(group) && part.endsWith(group)) groups += 2;
    else return Number.NaN;
  }
  return groups;
}
