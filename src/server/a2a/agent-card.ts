import type { AgentCard } from "@a2a-js/sdk";
import type { ServedModel } from "../served-models.js";

/** What a card says beside its agent. */
export interface CardSettings {
  /** The server's address as the client called it, without a slash at its end. */
  origin: string;
  /** Whether callers must have a key. */
  asksForKey: boolean;
  /** Whether tasks are posted to addresses of clients. */
  pushNotifications: boolean;
}

const MODES = ["text/plain", "application/json", "image/*", "audio/*", "application/pdf"];

/** What others may know of an agent: A2A's agent card, in its version 1.0. */
export function agentCard({ name, kind, model }: ServedModel, settings: CardSettings): AgentCard {
  const { origin, asksForKey, pushNotifications } = settings;
  const url = `${origin}/a2a/${encodeURIComponent(name)}`;
  const description = descriptionOf(model) ?? `The ${kind} ${name}`;
  const binding = { url, protocolBinding: "JSONRPC", tenant: "" };
  const skill = { id: name, name, description, tags: [kind], examples: [], inputModes: [], outputModes: [] };
  return {
    name,
    description,
    supportedInterfaces: [
      { ...binding, protocolVersion: "1.0" },
      { ...binding, url: `${url}/v1`, protocolBinding: "HTTP+JSON", protocolVersion: "1.0" },
      { ...binding, protocolVersion: "0.3" },
    ],
    provider: undefined,
    version: "1.0.0",
    capabilities: { streaming: true, pushNotifications, extensions: [], extendedAgentCard: false },
    securitySchemes: asksForKey
      ? {
          key: {
            scheme: { $case: "httpAuthSecurityScheme", value: { description: "", scheme: "Bearer", bearerFormat: "" } },
          },
        }
      : {},
    securityRequirements: asksForKey ? [{ schemes: { key: { list: [] } } }] : [],
    defaultInputModes: MODES,
    defaultOutputModes: MODES,
    skills: [{ ...skill, securityRequirements: [] }],
    signatures: [],
  };
}

/** Agents and workflows may say what they are for. */
export function descriptionOf(model: object): string | undefined {
  const description: unknown = "description" in model ? model.description : undefined;
  return typeof description === "string" && description !== "" ? description : undefined;
}
