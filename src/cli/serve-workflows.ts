import { join } from "node:path";
import { model } from "../models/named-model.js";
import type { ServerOptions } from "../server/server-options.js";
import { EmbeddedEngine } from "../workflows/engines/embedded-engine.js";
import type { WorkflowEngine } from "../workflows/engines/engine.js";
import type { WorkflowServices } from "../workflows/services.js";
import { loadWorkflow, type Workflow } from "../workflows/workflow.js";
import { documentsFolder, privateFolder, runStore } from "./data-folder.js";
import type { Io } from "./io.js";
import type { ServeConfig } from "./serve-config.js";
import { readWorkflow, workflowServices } from "./workflow-services.js";

/** What of a server's options is about workflows, and what is to be closed after it. */
export interface ServedWorkflows {
  options: Pick<ServerOptions, "workflows" | "engine" | "documents">;
  engine: WorkflowEngine | undefined;
}

/**
 * Loads the workflows of a configuration. Runs are kept in a file as soon as it names a workflow or the file.
 *
 * Documents that callers send run where the file says so, with the files of the current folder; and where it says nothing and
 * nobody is asked for a key, with a folder of their own: who reaches the server is at this machine, and may still be another user
 * or a program that was sent there. Python and addresses of private networks are for neither.
 *
 * @param isOpen whether the server asks for no key.
 * @throws {SluiceError} what is wrong with a workflow.
 */
export async function servedWorkflows(config: ServeConfig, isOpen: boolean, io: Io): Promise<ServedWorkflows> {
  const { workflows = {}, engine: file, documents } = config;
  const [first] = Object.values(config.models ?? {});
  const usual = await workflowServices({}, io);
  // What is served first answers steps that name no model.
  const services = first === undefined ? usual : { ...usual, model: model(first) };
  const loaded: Record<string, Workflow> = {};
  for (const [name, path] of Object.entries(workflows)) {
    loaded[name] = await loadWorkflow(await readWorkflow(path), services);
  }
  const keeps = file !== undefined || Object.keys(loaded).length > 0;
  const engine = keeps ? await EmbeddedEngine.open(file ?? runStore(io.env)) : undefined;
  return {
    options: { workflows: loaded, ...(engine && { engine }), ...documentServices(documents, isOpen, services, io) },
    engine,
  };
}

function documentServices(
  documents: boolean | undefined,
  isOpen: boolean,
  services: WorkflowServices,
  io: Io,
): Pick<ServerOptions, "documents"> {
  if (documents !== undefined) return documents ? { documents: services } : {};
  if (!isOpen) return {};
  const folder = documentsFolder(io.env);
  privateFolder(join(folder, "file"));
  return { documents: { ...services, folder } };
}
