import type { Command } from "commander";
import type { ServeOptions } from "./commands/serve.js";
import { EnvFileOption } from "./env-file-option.js";
import type { Io } from "./io.js";

/** Adds `sluice serve`. */
export function describeServe(program: Command, io: Io, ended: (code: number) => void): void {
  program
    .command("serve")
    .description("answer in every protocol with the models of a file, or with what is configured")
    .argument("[config]", "a YAML file: models, aliases, keys, runs, origins …")
    .option(
      "-m, --model <name>",
      "what to serve; may be given several times",
      (name: string, before: string[] = []) => [...before, name],
    )
    .option("-p, --port <number>", "default 4444; 0 for a free one")
    .option("--host <address>", "default 127.0.0.1; one that other machines reach needs SLUICE_TOKEN, or keys")
    .option("--runs <url>", "where runs are logged: redis://… ; default: in memory")
    .option("--no-web", "without the web app at /")
    .option("--no-log", "no lines of JSON on stderr, one for each request and answer")
    .addOption(new EnvFileOption())
    .action(async (config: string | undefined, options: ServeOptions) => {
      // Loaded here: no other command needs a server.
      const { serveCommand } = await import("./commands/serve.js");
      ended(await serveCommand(config, options, io));
    });
}
