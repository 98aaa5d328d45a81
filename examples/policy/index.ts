import { PolicyPack, ResourceValidationPolicy } from "@pulumi/policy";

type Inputs = Record<string, any>;

/** The most replicas an endpoint of that type may grow to; where none is listed, the cloud has no such thing. */
const replicas: Record<string, (endpoint: Inputs) => number | undefined> = {
    "inference:hf:Endpoint": endpoint => endpoint.compute?.scaling?.maxReplica,
    "inference:tir:Endpoint": endpoint =>
        endpoint.isAutoScaleEnabled ? endpoint.autoScalePolicy?.maxReplicas : endpoint.replica,
};

/** Why an endpoint of that type is open to anybody. ModelArk and MaaS always ask for a key. */
const openness: Record<string, (endpoint: Inputs) => string | undefined> = {
    "inference:hf:Endpoint": endpoint =>
        endpoint.type === "public" ? 'type is "public": anyone may call it without a token' : undefined,
    "inference:tir:Endpoint": endpoint =>
        endpoint.publicIp === "yes" ? 'publicIp is "yes": it has an address of its own' : undefined,
};

/** The keys of an endpoint's tags. Hugging Face has plain labels: there a key is what comes before a colon. */
const tagKeys: Record<string, (endpoint: Inputs) => string[]> = {
    "inference:hf:Endpoint": endpoint => (endpoint.tags ?? []).map((tag: string) => tag.split(":")[0]),
    "inference:ark:Endpoint": endpoint => (endpoint.tags ?? []).map((tag: { key: string }) => tag.key),
};

const maxReplicas: ResourceValidationPolicy = {
    name: "max-replicas",
    description: "An endpoint grows to a limited number of replicas.",
    enforcementLevel: "mandatory",
    configSchema: { properties: { maximum: { type: "integer", minimum: 1, default: 4 } } },
    validateResource: (resource, report) => {
        const { maximum } = resource.getConfig<{ maximum: number }>();
        const most = replicas[resource.type]?.(resource.props) ?? 1;
        if (most > maximum) {
            report(`${most} replicas, but ${maximum} are the most`);
        }
    },
};

const noPublicEndpoint: ResourceValidationPolicy = {
    name: "no-public-endpoint",
    description: "Nobody calls an endpoint without a key.",
    enforcementLevel: "mandatory",
    validateResource: (resource, report) => {
        const reason = openness[resource.type]?.(resource.props);
        if (reason) {
            report(reason);
        }
    },
};

const tagsRequired: ResourceValidationPolicy = {
    name: "tags-required",
    description: "An endpoint says whose it is, where the cloud has tags.",
    enforcementLevel: "mandatory",
    configSchema: {
        properties: { keys: { type: "array", items: { type: "string" }, default: ["team"] } },
    },
    validateResource: (resource, report) => {
        const found = tagKeys[resource.type]?.(resource.props);
        const { keys } = resource.getConfig<{ keys: string[] }>();
        for (const key of found ? keys.filter(wanted => !found.includes(wanted)) : []) {
            report(`no tag "${key}"`);
        }
    },
};

new PolicyPack("inference-endpoints", { policies: [maxReplicas, noPublicEndpoint, tagsRequired] });
