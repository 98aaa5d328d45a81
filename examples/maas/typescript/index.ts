import * as inference from "@pulumi-inference/inference";
import * as pulumi from "@pulumi/pulumi";

const config = new pulumi.Config();

const chat = new inference.maas.Endpoint("chat", {
    description: "Chat for the support team",
    modelName: config.get("model") ?? "DeepSeek-V3",
    rpm: config.getNumber("requestsPerMinute") ?? 60,
    tpm: 10000,
});

export const endpointId = chat.endpointId;
export const target = chat.target;
