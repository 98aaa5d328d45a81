import * as inference from "@pulumi-inference/inference";

const chat = new inference.hf.Endpoint("chat", {
    type: "authenticated",
    cloudProvider: { vendor: "aws", region: "us-east-1" },
    compute: { accelerator: "gpu", instanceType: "nvidia-l4", instanceSize: "x1" },
    model: {
        repository: "Qwen/Qwen2.5-1.5B-Instruct",
        framework: "pytorch",
        image: { vLLM: { url: "vllm/vllm-openai:v0.10.2" } },
    },
});
const search = new inference.tir.Endpoint("search", {
    framework: "VLLM",
    skuName: "L4.1",
    skuType: "hourly",
    currency: "INR",
    modelLoadIntegrationId: "41",
    detailedInfo: { huggingFaceId: "google/gemma-2b" },
});

export const targets = { chat: chat.target, search: search.target };
