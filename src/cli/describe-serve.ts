import type { Command } from "commander";
import type { ServeOptions } from "./commands/serve.js";
import { EnvFileOption } from "./env-file-option.js";
import type { Io } from "./io.js";

/** Adds `sluice serve`. */
export function describeServe(program: Command, io: Io, ended: (code: number) => void): void {
  program
    .command("serve")
    .description("serve models over HTTP in every protocol: those of a config file, or what is configured")
    .argument("[config]", "a YAML file: models, aliases, keys, runs, origins …")
    .option(
      "-m, --model <name>",
      "a model to serve; may be given several times",
      (name: string, before: string[] = []) => [...before, name],
    )
    .option("-p, --port <number>", "the port; default: 4444; 0 picks a free one")
    .option("--host <address>", "the address to listen on; default: 127.0.0.1; any other needs SLUICE_TOKEN or keys")
    .option("--runs <url>", "where runs are logged, such as redis://…; default: in memory")
    .option("--web", "serve the web app at /", true)
    .option("--no-web", "do not serve the web app at /")
    .option("--no-log", "do not log requests and answers to stderr as JSON lines")
    .addOption(new EnvFileOption())
    .action(async (config: string | undefined, options: ServeOptions) => {
      // Loaded here: no other command needs a server.
      const { serveCommand } = await import("./commands/serve.js");
      ended(await serveCommand(config, options, io));
    });
}
