// `npm run bench`: sets up whatever is missing, the peers too where they are measured, then measures.
import { join } from "node:path";
import { readOptions } from "../bench/options.mjs";
import { build, install, root } from "./setup.mjs";

const args = process.argv.slice(2);
const options = readOptions(args);
install();
if (options.rows.some((row) => row.peer)) install(join(root, "bench", "peers"));
build();

// Needs what was just installed.
const { run } = await import("../bench/run.mjs");
const complete = await run(options, ["npm run bench", ...(args.length > 0 ? ["--"] : []), ...args].join(" "));
process.exit(complete ? 0 : 1);
