/** The page's policy lets no text become the address of a script: those of its own workers may. */
interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): Policy;
}

interface Policy {
  createScriptURL(url: string): string;
}

let policy: Policy | undefined;

/** Starts a worker of the app's. @param url as Vite gives it for `?worker&url`. */
export function startWorker(url: string): Worker {
  const types: TrustedTypes | undefined = Reflect.get(globalThis, "trustedTypes");
  policy ??= types?.createPolicy("sluice-worker", { createScriptURL: ownScript });
  return new Worker(policy?.createScriptURL(url) ?? url, { type: "module" });
}

function ownScript(url: string): string {
  if (new URL(url, import.meta.url).origin !== location.origin) throw new TypeError(`${url} is no worker of this app`);
  return url;
}
