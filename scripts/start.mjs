// `npm start`: sets up whatever is missing, then opens the chat.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { build, install, root } from "./setup.mjs";

install();
build();

const chat = spawn(process.execPath, [join(root, "dist", "cli", "main.js"), "chat", ...process.argv.slice(2)], {
  stdio: "inherit",
});
// The chat decides what Ctrl-C means.
process.on("SIGINT", () => {});
chat.on("exit", (code, signal) => process.exit(code ?? (signal === "SIGINT" ? 130 : 1)));
