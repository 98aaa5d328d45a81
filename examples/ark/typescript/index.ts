import * as inference from "@pulumi-inference/inference";
import * as pulumi from "@pulumi/pulumi";

const config = new pulumi.Config();

const chat = new inference.ark.Endpoint("chat", {
    description: "Answers the shop's customers",
    modelReference: {
        foundationModel: {
            name: config.get("model") ?? "seed-1-6",
            modelVersion: "250615",
        },
    },
    rateLimit: {
        rpm: config.getNumber("requestsPerMinute") ?? 600,
        tpm: config.getNumber("tokensPerMinute") ?? 100000,
    },
    tags: [
        { key: "team", value: "shop" },
        { key: "managed-by", value: "pulumi" },
    ],
});

export const endpointId = chat.endpointId;
export const status = chat.status;
export const target = chat.target;
