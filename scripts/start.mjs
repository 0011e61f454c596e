// `npm start`: sets up whatever is missing, then opens the chat: in the terminal, or with `--web` as a page.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { build, install, root } from "./setup.mjs";

install();
build();

const words = process.argv.slice(2);
const command = words.includes("--web") ? ["serve", ...words.filter((word) => word !== "--web")] : ["chat", ...words];
const child = spawn(process.execPath, [join(root, "dist", "cli", "main.js"), ...command], { stdio: "inherit" });
// The command decides what Ctrl-C means.
process.on("SIGINT", () => {});
child.on("exit", (code, signal) => process.exit(code ?? (signal === "SIGINT" ? 130 : 1)));
