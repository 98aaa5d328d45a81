import * as inference from "@pulumi-inference/inference";
import * as pulumi from "@pulumi/pulumi";

const config = new pulumi.Config();

const chat = new inference.hf.Endpoint("chat", {
    type: "authenticated",
    cloudProvider: { vendor: "aws", region: "us-east-1" },
    compute: {
        accelerator: "gpu",
        instanceType: "nvidia-l4",
        instanceSize: "x1",
        scaling: {
            minReplica: 0,
            maxReplica: config.getNumber("maxReplicas") ?? 2,
            scaleToZeroTimeout: 15,
            measure: { pendingRequests: 1.5 },
        },
    },
    model: {
        repository: config.get("model") ?? "Qwen/Qwen2.5-1.5B-Instruct",
        framework: "pytorch",
        task: "text-generation",
        image: { vLLM: { url: "vllm/vllm-openai:v0.10.2", tensorParallelSize: 1 } },
        env: { MAX_MODEL_LEN: "8192" },
    },
    tags: ["chat", "managed-by-pulumi"],
});

export const endpointId = chat.endpointId;
export const url = chat.url;
export const target = chat.target;
