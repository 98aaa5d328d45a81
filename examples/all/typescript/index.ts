import * as inference from "@pulumi-inference/inference";
import * as pulumi from "@pulumi/pulumi";

const config = new pulumi.Config();
const maxReplicas = config.getNumber("maxReplicas") ?? 2;
const requestsPerMinute = config.getNumber("requestsPerMinute") ?? 60;

const hfChat = new inference.hf.Endpoint("hf-chat", {
    type: "authenticated",
    cloudProvider: { vendor: "aws", region: "us-east-1" },
    compute: {
        accelerator: "gpu",
        instanceType: "nvidia-l4",
        instanceSize: "x1",
        scaling: { minReplica: 1, maxReplica: maxReplicas },
    },
    model: {
        repository: "Qwen/Qwen2.5-1.5B-Instruct",
        framework: "pytorch",
        image: { vLLM: { url: "vllm/vllm-openai:v0.10.2" } },
    },
});
const hfEmbeddings = new inference.hf.Endpoint("hf-embeddings", {
    type: "authenticated",
    cloudProvider: { vendor: "aws", region: "us-east-1" },
    compute: { accelerator: "cpu", instanceType: "intel-spr", instanceSize: "x1" },
    model: {
        repository: "sentence-transformers/all-MiniLM-L6-v2",
        framework: "pytorch",
        task: "sentence-embeddings",
    },
});

const seed = { foundationModel: { name: "seed-1-6", modelVersion: "250615" } };
const arkChat = new inference.ark.Endpoint("ark-chat", {
    description: "Answers customers",
    modelReference: seed,
});
const arkDrafts = new inference.ark.Endpoint("ark-drafts", {
    description: "Writes drafts, with a limit on its traffic",
    modelReference: seed,
    rateLimit: { rpm: requestsPerMinute, tpm: 100000 },
});

const maasChat = new inference.maas.Endpoint("maas-chat", {
    description: "Answers customers",
    modelName: "DeepSeek-V3",
});
const maasDrafts = new inference.maas.Endpoint("maas-drafts", {
    description: "Writes drafts, with a limit on its traffic",
    modelName: "DeepSeek-V3",
    rpm: requestsPerMinute,
});

const machine = { skuType: "hourly", currency: "INR" };
const tirChat = new inference.tir.Endpoint("tir-chat", {
    ...machine,
    framework: "VLLM",
    skuName: "L4.1",
    modelLoadIntegrationId: inference.tir.getIntegrationsOutput().integrations[0].integrationId,
    detailedInfo: {
        huggingFaceId: "google/gemma-2b",
        engineArgs: { max_model_length: 4096 },
    },
    isAutoScaleEnabled: true,
    autoScalePolicy: {
        minReplicas: 1,
        maxReplicas,
        rules: [{ metric: "concurrency", value: 12 }],
    },
});
const tirServer = new inference.tir.Endpoint("tir-server", {
    ...machine,
    framework: "CUSTOM",
    containerImage: "nginx:1.27",
    skuName: "C3.4",
    isReadinessProbeEnabled: true,
    readinessProbe: { path: "/", port: 80 },
});

export const targets = {
    "hf-chat": hfChat.target,
    "hf-embeddings": hfEmbeddings.target,
    "ark-chat": arkChat.target,
    "ark-drafts": arkDrafts.target,
    "maas-chat": maasChat.target,
    "maas-drafts": maasDrafts.target,
    "tir-chat": tirChat.target,
    "tir-server": tirServer.target,
};
