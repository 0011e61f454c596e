// The AWS SDK is not among this project's packages: these tests run against a fake that is written by hand after the
// documented interface of @aws-sdk/client-bedrock-runtime. They say nothing about the SDK itself.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ask, FakeBedrock, HELLO } from "../../../../test/support/fake-bedrock.js";
import { ManualClock } from "../../../../test/support/manual-clock.js";
import { type LoadComponentsOptions, loadConversationComponents } from "../load-conversation-components.js";

describe("the component conversation.aws.bedrock", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "sluice-bedrock-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function load(metadata: Record<string, string>, options: Partial<LoadComponentsOptions>, more = "") {
    const items = Object.entries(metadata).map(([name, value]) => `  - name: ${name}\n    value: ${value}\n`);
    const head = "apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata:\n  name: llm\n";
    const spec = `spec:\n  type: conversation.aws.bedrock\n  version: v1\n${more}  metadata:\n${items.join("")}`;
    writeFileSync(join(folder, "a.yaml"), head + spec);
    return loadConversationComponents({ resourcesPath: folder, appId: "app", env: {}, ...options });
  }

  it("makes its client of the metadata", async () => {
    const fake = new FakeBedrock(HELLO);
    const keys = { accessKey: "AK", secretKey: "SK", sessionToken: "ST" };
    const metadata = { region: "eu-west-1", endpoint: "http://here", model: "m", maxTokens: "5", ...keys };
    const { components } = await load(metadata, { importPackage: async () => fake.sdk });
    const llm = components.get("llm");
    expect(fake.options).toEqual([
      {
        region: "eu-west-1",
        endpoint: "http://here",
        credentials: { accessKeyId: "AK", secretAccessKey: "SK", sessionToken: "ST" },
        maxAttempts: 1,
      },
    ]);
    expect(llm?.modelName).toBe("m");
    expect(await llm?.model.stream(ask).fullText).toBe("Hello");
    expect(fake.inputs[0]).toMatchObject({ modelId: "m", inferenceConfig: { maxTokens: 5 } });
  });

  it("takes on a role with the SDK's own credentials", async () => {
    const fake = new FakeBedrock(HELLO);
    const asked: unknown[] = [];
    const providers = { fromTemporaryCredentials: (options: unknown) => asked.push(options) && "role" };
    const importPackage = async (name: string) => (name.endsWith("credential-providers") ? providers : fake.sdk);
    const { components } = await load({ assumeRoleArn: "arn:role" }, { importPackage });
    expect(asked).toEqual([{ params: { RoleArn: "arn:role", RoleSessionName: "sluice" } }]);
    expect(fake.options).toEqual([{ credentials: "role", maxAttempts: 1 }]);
    expect(components.get("llm")?.modelName).toBeUndefined();
  });

  it("needs the SDK, and says how to get it", async () => {
    const missing = (name: string) =>
      Promise.reject(Object.assign(new Error(`Cannot find package '${name}'`), { code: "ERR_MODULE_NOT_FOUND" }));
    await expect(load({}, { importPackage: missing })).rejects.toThrow(
      "is not installed: npm install @aws-sdk/client-bedrock-runtime@3",
    );
    await expect(load({}, { importPackage: async () => ({}) })).rejects.toThrow("has no ConverseStreamCommand");
    await expect(load({ trustAnchorArn: "arn" }, {})).rejects.toThrow("IAM Roles Anywhere is not supported here");
  });

  it("has its time to start", async () => {
    const clock = new ManualClock();
    const loading = load({}, { clock, importPackage: () => new Promise(() => {}) }, "  initTimeout: 2s\n");
    const failed = expect(loading).rejects.toThrow(
      "init timeout for component llm (conversation.aws.bedrock/v1) after 2s",
    );
    await clock.timer(2_000);
    clock.advance(2_000);
    await failed;
  });
});
