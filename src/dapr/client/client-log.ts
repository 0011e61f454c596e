import type { Environment } from "../../models/provider.js";
import type { Notice, Report } from "../resources/notice.js";

/** Tells `log`, and stderr where `SLUICE_LOG=debug` asks for it. */
export function clientLog(log: Report | undefined, env: Environment): Report {
  const printed = env.SLUICE_LOG === "debug" && typeof process !== "undefined";
  return (notice) => {
    log?.(notice);
    if (printed) process.stderr.write(line(notice));
  };
}

function line({ level, message }: Notice): string {
  return `sluice dapr ${level}: ${message}\n`;
}
