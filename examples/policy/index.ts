import { PolicyPack, ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";

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

/** Its machine, and the currency of its bill, where an endpoint of that type is paid by the hour. */
const machines: Record<string, (endpoint: Inputs) => { name: string; currency: string } | undefined> = {
    "inference:hf:Endpoint": endpoint => ({
        name: `${endpoint.compute.instanceType} ${endpoint.compute.instanceSize}`,
        currency: "USD",
    }),
    "inference:tir:Endpoint": endpoint =>
        endpoint.skuType === "hourly" ? { name: endpoint.skuName, currency: endpoint.currency } : undefined,
};

/** What `get` finds; nothing where a preview does not know it yet. */
function known<T>(get: () => T): T | undefined {
    try {
        return get();
    } catch {
        return undefined;
    }
}

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

const maxHourlyPrice: StackValidationPolicy = {
    name: "max-hourly-price",
    description: "The endpoints of a stack cost a limited amount per hour when all have their most replicas.",
    enforcementLevel: "mandatory",
    configSchema: {
        properties: {
            maximum: { type: "object", additionalProperties: { type: "number" }, default: { USD: 50, INR: 5000 } },
            prices: { type: "object", additionalProperties: { type: "number" }, default: {} },
        },
    },
    validateStack: (stack, report) => {
        type Prices = Record<string, number>;
        const { maximum, prices } = stack.getConfig<{ maximum: Prices; prices: Prices }>();
        const sums: Prices = {};
        for (const { type, props } of stack.resources) {
            const machine = known(() => machines[type]?.(props));
            if (!machine || known(() => props.desiredState) === "paused") {
                continue;
            }
            const price = known<number>(() => props.price.amount) ?? prices[machine.name] ?? 0;
            const most = known(() => replicas[type]?.(props)) ?? 1;
            sums[machine.currency] = (sums[machine.currency] ?? 0) + price * most;
        }
        for (const [currency, sum] of Object.entries(sums)) {
            if (sum > (maximum[currency] ?? 0)) {
                report(`up to ${+sum.toFixed(4)} ${currency} an hour, but ${maximum[currency] ?? 0} are the most`);
            }
        }
    },
};

new PolicyPack("inference-endpoints", {
    policies: [maxReplicas, noPublicEndpoint, tagsRequired, maxHourlyPrice],
});
