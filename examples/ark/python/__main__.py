import pulumi
from pulumi_inference import ark

config = pulumi.Config()

chat = ark.Endpoint(
    "chat",
    description="Answers the shop's customers",
    model_reference={
        "foundation_model": {
            "name": config.get("model", "seed-1-6"),
            "model_version": "250615",
        },
    },
    rate_limit={
        "rpm": config.get_int("requestsPerMinute", 600),
        "tpm": config.get_int("tokensPerMinute", 100000),
    },
    tags=[
        {"key": "team", "value": "shop"},
        {"key": "managed-by", "value": "pulumi"},
    ],
)

pulumi.export("endpointId", chat.endpoint_id)
pulumi.export("status", chat.status)
pulumi.export("target", chat.target)
