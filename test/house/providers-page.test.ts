import { expect, test } from "vitest";
import type { Provider } from "../../src/models/provider.js";
import { variableName } from "../../src/models/provider-environment.js";
import { PROVIDERS } from "../../src/models/providers.js";

test("docs/providers.md lists every provider (`npx vitest run test/house/providers-page.test.ts -u` writes it)", async () => {
  await expect(page(PROVIDERS)).toMatchFileSnapshot("../../docs/providers.md");
});

function page(providers: readonly Provider[]): string {
  return `# Providers

A model is named \`provider/model\`: \`openai/gpt-5\`, \`openrouter/anthropic/claude-sonnet-4.5\`, \`ollama/llama3.2\`. This page
is made from the table in \`src/models/providers.ts\` by a test (\`test/house/providers-page.test.ts\`), which fails when the two differ.

Where several variables are listed, the first that is set is used. The options \`apiKey\` and \`baseUrl\` of \`model()\` win over
the environment; a base URL without a path gets the path of the one in the table. \`npx sluice models\` shows what is
configured here and what to set for the rest.

## Services

${table(providers.filter(({ keyRequired }) => keyRequired))}

## Servers of your own

None of these needs a key; where one is set, it is sent.

${table(providers.filter(({ keyRequired }) => !keyRequired))}

## More than a key and an address

${list(providers.flatMap(notes))}

## Without a provider

| model | what it is |
| --- | --- |
| \`echo\` | Answers with what it was asked. Deterministic, no network. |
| \`llama/FILE.gguf\` | A file that runs in this process, with the optional package \`node-llama-cpp\` (\`npm run setup:llama\`). |
| \`scripted\`, \`replay\`, \`defineModel\` | Models in code: a script, a recording, a function. |
| \`fromAiSdk(model)\` | Any language model of the AI SDK. |
| \`DaprChatClient\`, component YAML | [Models behind Dapr](dapr.md). |

## A provider that is not listed

A service that is compatible with OpenAI's chat completions needs no registration:

\`\`\`ts
import { model } from "sluice";

const chat = model("openai/some-model", { baseUrl: "http://127.0.0.1:9000/v1", apiKey: "…" });
\`\`\`

Under a name of its own, with its own variables:

\`\`\`ts
import { openAiChatDialect } from "sluice/dialects";
import { registerProvider } from "sluice/models";

registerProvider({
  id: "acme",
  label: "Acme",
  dialect: openAiChatDialect({ maxTokensField: "max_tokens", optionsFrom: ["acme"] }),
  baseUrl: "https://llm.acme.example/v1",
  baseUrlEnv: ["ACME_BASE_URL"],
  keyEnv: ["ACME_API_KEY"],
  keyRequired: true,
  auth: "bearer",
  hint: "ask the platform team",
});
\`\`\`

A row for everybody: [CONTRIBUTING.md](../CONTRIBUTING.md#a-provider).
`;
}

function table(providers: readonly Provider[]): string {
  const rows = providers.map((provider) => [
    `**${provider.label}**`,
    `\`${provider.id}/…\``,
    code(provider.keyEnv),
    code(provider.baseUrlEnv.map(variableName)),
    provider.baseUrl === undefined ? "none" : `\`${provider.baseUrl}\``,
    `\`${provider.dialect.name}\``,
  ]);
  const head = ["", "name", "key", "base URL from", "default base URL", "dialect"];
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function code(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(", ");
}

/** What a row says beside what its table shows. */
function notes(provider: Provider): string[] {
  const { id, modelEnv, headersEnv = {}, queryEnv = {}, families = [], list } = provider;
  const says = [
    ...(modelEnv === undefined ? [] : [`\`${id}\` alone is the model that \`${modelEnv}\` names`]),
    ...Object.entries(headersEnv).map(([header, variable]) => `\`${variable}\` is sent as the header \`${header}\``),
    ...Object.entries(queryEnv).map(([name, variables]) => `${code(variables)} set the query parameter \`${name}\``),
    ...(provider.dialectOf === undefined ? [] : ["some models are called in another dialect, or another form of it"]),
    ...(families.length === 0 ? [] : [`suggested for names that begin with ${code(families)}`]),
    ...(list === undefined ? ["it does not list its models"] : []),
  ];
  return says.length === 0 ? [] : [`**${provider.label}**: ${says.join("; ")}.`];
}

function list(lines: readonly string[]): string {
  return lines.map((line) => `- ${line}`).join("\n");
}
