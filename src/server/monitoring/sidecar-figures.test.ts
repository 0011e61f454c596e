import { expect, test } from "vitest";
import { figuresIn, SidecarFigures } from "./sidecar-figures.js";

const TEXT = `# HELP dapr_component_conversation_count Conversations.
# TYPE dapr_component_conversation_count counter
dapr_component_conversation_count{app_id="a",component="gpt",namespace="",success="true",type="streaming"} 4
dapr_component_conversation_count{app_id="a",component="gpt",namespace="",success="false",type="streaming"} 1
dapr_component_conversation_latencies_sum{component="gpt",success="true"} 1000
dapr_component_conversation_latencies_count{component="gpt",success="true"} 5
dapr_component_conversation_latencies_bucket{component="gpt",le="+Inf"} 5
dapr_component_conversation_first_token_latencies_sum{component="gpt"} 300
dapr_component_conversation_first_token_latencies_count{component="gpt"} 3
dapr_component_conversation_usage_prompt_tokens{component="gpt"} 12
dapr_component_conversation_usage_completion_tokens{component="gpt"} 34
dapr_error_code_total{app_id="a",category="conversation",error_code="ERR_\\"X\\""} 2
dapr_http_server_request_count{path="/v1.0/x"} 9
nonsense {
go_goroutines NaN
`;

test("a sidecar's metrics are read", () => {
  expect(figuresIn(TEXT)).toEqual({
    components: [
      { component: "gpt", calls: 5, failed: 1, promptTokens: 12, completionTokens: 34, meanMs: 200, meanTtftMs: 100 },
    ],
    errors: [{ code: 'ERR_"X"', count: 2 }],
  });
});

test("one that is not there is a problem that is reported", async () => {
  const figures = new SidecarFigures("http://127.0.0.1:9");
  expect(await figures.read()).toMatchObject({ address: "http://127.0.0.1:9", problem: expect.any(String) });
});
