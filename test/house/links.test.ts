import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "../e2e/run.js";

const docs = readdirSync(join(ROOT, "docs"), { recursive: true, encoding: "utf8" }).map((name) => `docs/${name}`);
const PAGES = [
  "README.md",
  "CONTRIBUTING.md",
  "CHANGELOG.md",
  "bench/README.md",
  ...docs.filter((name) => name.endsWith(".md")),
];

/** Code is no prose: what looks like a link or a heading in it is none. */
function proseOf(page: string): string {
  const text = readFileSync(join(ROOT, page), "utf8");
  return text.replace(/^```[\s\S]*?^```$/gm, "").replace(/`[^`\n]*`/g, (code) => code.replace(/[[\]()]/g, " "));
}

/** The anchors of a page's headings, as GitHub makes them. */
function anchorsOf(page: string): string[] {
  return Array.from(proseOf(page).matchAll(/^#+ (.+)$/gm), ([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

/** What is wrong with a relative link; `undefined` for one that leads somewhere. */
function complaint(page: string, link: string): string | undefined {
  const [path = "", anchor] = link.split("#");
  const target = path === "" ? page : relative(ROOT, join(ROOT, dirname(page), path));
  if (!existsSync(join(ROOT, target))) return `${page}: there is no ${link}`;
  if (anchor === undefined || anchorsOf(target).includes(anchor)) return undefined;
  return `${page}: ${target} has no heading #${anchor}`;
}

function linksOf(page: string): string[] {
  return Array.from(proseOf(page).matchAll(/\]\(([^)\s]+)\)/g), ([, link = ""]) => link).filter(
    (link) => !/^[a-z]+:/.test(link),
  );
}

test("every link of the README and the guides leads somewhere", () => {
  const complaints = PAGES.flatMap((page) => linksOf(page).map((link) => complaint(page, link)));
  expect(complaints.length).toBeGreaterThan(10);
  expect(complaints.filter((said) => said !== undefined)).toEqual([]);
});

test("every guide can be reached from the README", () => {
  const reached = new Set(["README.md"]);
  for (const page of reached) {
    for (const link of linksOf(page)) {
      const target = relative(ROOT, join(ROOT, dirname(page), link.split("#")[0] ?? ""));
      if (target.endsWith(".md")) reached.add(target);
    }
  }
  const guides = docs.filter((name) => /^docs\/[^/]+\.md$/.test(name));
  expect(guides.filter((page) => !reached.has(page))).toEqual([]);
});

test("a link to nothing is found", () => {
  expect(complaint("docs/dapr.md", "../examples/none.mjs")).toBe("docs/dapr.md: there is no ../examples/none.mjs");
  expect(complaint("README.md", "docs/dapr.md#none")).toBe("README.md: docs/dapr.md has no heading #none");
  expect(complaint("docs/dapr.md", "#command-line")).toBeUndefined();
});
