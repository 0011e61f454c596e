// `npm run test:nodes [-- 20 22 24]`: the fast suite under each supported Node. The binaries come from npm's package `node`, into
// a folder beside the system's temporary files; nothing of this machine is changed.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { install, root, run } from "./setup.mjs";

const asked = process.argv.slice(2);
const versions = asked.length > 0 ? asked : ["20", "22", "24"];
install();
const failed = versions.filter((version) => !passes(version));
if (failed.length > 0) process.stderr.write(`The fast suite fails under Node ${failed.join(", ")}.\n`);
process.exit(failed.length > 0 ? 1 : 0);

function passes(version) {
  const folder = join(tmpdir(), "sluice-nodes", version);
  const node = join(folder, "node_modules", "node", "bin", process.platform === "win32" ? "node.exe" : "node");
  if (!existsSync(node)) {
    mkdirSync(folder, { recursive: true });
    run(
      "npm",
      ["install", "--prefix", folder, "--no-audit", "--no-fund", "--loglevel=error", `node@${version}`],
      folder,
    );
  }
  const { stdout } = spawnSync(node, ["--version"], { encoding: "utf8" });
  process.stderr.write(`Node ${stdout.trim()}\n`);
  const vitest = join(root, "node_modules", "vitest", "vitest.mjs");
  const env = { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH}` };
  return (
    spawnSync(node, [vitest, "run", "--config", "vitest.fast.config.ts"], { cwd: root, stdio: "inherit", env })
      .status === 0
  );
}
