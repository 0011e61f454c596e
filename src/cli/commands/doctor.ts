import { model as resolve } from "../../models/named-model.js";
import { configuredProviders } from "../../models/registry.js";
import { SluiceError } from "../../stream/error.js";
import { styled } from "../ansi.js";
import { chooseModel } from "../choose-model.js";
import { EXIT } from "../exit-code.js";
import { hasColour, type Io, write } from "../io.js";
import { localServers } from "../local-servers.js";

/** One thing that was looked at. */
interface Finding {
  state: "ok" | "warn" | "fail";
  what: string;
  found: string;
}

/** How long a service may take to list its models, in ms. */
const PATIENCE_MS = 5_000;
/** Oldest Node that Sluice runs on. */
const OLDEST_NODE = [20, 18, 1] as const;

/** Checks what a chat needs on this machine. Fails only where a chat would. */
export async function doctorCommand(options: { json?: boolean }, io: Io): Promise<number> {
  const findings = [
    node(),
    terminal(io),
    proxies(io.env),
    ...(await services(io.env)),
    ...(await local(io.env)),
    await choice(io),
  ];
  const text = options.json
    ? `${JSON.stringify(findings, undefined, 2)}\n`
    : findings.map((finding) => line(finding, io)).join("");
  await write(io.stdout, text);
  return findings.some((finding) => finding.state === "fail") ? EXIT.failed : EXIT.ok;
}

function node(): Finding {
  const found = process.versions.node;
  const [major = 0, minor = 0, patch = 0] = found.split(".").map(Number);
  const [a, b, c] = OLDEST_NODE;
  const recent = major > a || (major === a && (minor > b || (minor === b && patch >= c)));
  return {
    state: recent ? "ok" : "fail",
    what: "Node",
    found: recent ? found : `${found}; ${OLDEST_NODE.join(".")} or newer is needed`,
  };
}

function terminal(io: Io): Finding {
  if (!io.stdout.isTTY) return { state: "ok", what: "terminal", found: "none: answers are plain text" };
  const colour = hasColour(io.stdout, io.env) ? "with colour" : "without colour (NO_COLOR or TERM=dumb)";
  return {
    state: "ok",
    what: "terminal",
    found: `${io.env.TERM ?? "unknown"}, ${io.stdout.columns ?? 80} columns, ${colour}`,
  };
}

function proxies(env: Io["env"]): Finding {
  const names = ["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"].flatMap((name) => [name, name.toLowerCase()]);
  const set = names.filter((name) => env[name]);
  return { state: "ok", what: "proxy", found: set.length === 0 ? "none is set" : `by ${set.join(", ")}` };
}

/** Every service whose key is set is asked for its models: that tells a wrong key and a missing network. */
async function services(env: Io["env"]): Promise<Finding[]> {
  const configured = configuredProviders(env).filter(
    (provider) => !provider.local && provider.configuredBy !== undefined,
  );
  if (configured.length === 0) {
    return [{ state: "warn", what: "services", found: "no key is set; `sluice models` shows what to set" }];
  }
  return Promise.all(configured.map(({ id, configuredBy = "" }) => service(id, configuredBy, env)));
}

async function service(id: string, configuredBy: string, env: Io["env"]): Promise<Finding> {
  try {
    const { list } = resolve(`${id}/any`, { env });
    if (list === undefined)
      return { state: "ok", what: id, found: `${configuredBy} is set; it cannot be checked without a call` };
    const models = await list({ timeouts: { totalMs: PATIENCE_MS }, retry: { retries: 0 } });
    return { state: "ok", what: id, found: `${configuredBy} is set; ${models.length} models` };
  } catch (thrown) {
    const error = SluiceError.from(thrown);
    return { state: "warn", what: id, found: `${configuredBy} is set, but: ${error.code}: ${error.message}` };
  }
}

async function local(env: Io["env"]): Promise<Finding[]> {
  return (await localServers(env)).map(({ label, baseUrl, models }) => {
    if (models === undefined) return { state: "ok", what: label, found: `does not answer at ${baseUrl}` };
    return {
      state: models.length === 0 ? "warn" : "ok",
      what: label,
      found: models.join(", ") || "runs, but has no model",
    };
  });
}

async function choice({ env }: Io): Promise<Finding> {
  try {
    const { model, because } = await chooseModel(undefined, env);
    return { state: "ok", what: "chat", found: `${model.id}: ${because.replaceAll(/\n\s*/g, " ")}` };
  } catch (thrown) {
    return { state: "fail", what: "chat", found: SluiceError.from(thrown).message };
  }
}

function line({ state, what, found }: Finding, io: Io): string {
  const mark = { ok: "ok  ", warn: "warn", fail: "FAIL" }[state];
  return `${styled(mark, state === "ok" ? "dim" : "yellow", hasColour(io.stdout, io.env))}  ${what.padEnd(10)} ${found}\n`;
}
