import * as inference from "@pulumi-inference/inference";
import * as pulumi from "@pulumi/pulumi";

const config = new pulumi.Config();

const chat = new inference.tir.Endpoint("chat", {
    framework: "VLLM",
    skuName: "L4.1",
    skuType: "hourly",
    currency: "INR",
    // The integration that holds the Hugging Face token; inference.tir.getIntegrations lists them.
    modelLoadIntegrationId: "41",
    detailedInfo: { huggingFaceId: config.get("model") ?? "google/gemma-2b" },
    replica: config.getNumber("replicas") ?? 1,
});

export const endpointId = chat.endpointId;
export const target = chat.target;
