import pulumi
from pulumi_inference import maas

config = pulumi.Config()

chat = maas.Endpoint(
    "chat",
    description="Chat for the support team",
    model_name=config.get("model", "DeepSeek-V3"),
    rpm=config.get_int("requestsPerMinute", 60),
    tpm=10000,
)

pulumi.export("endpointId", chat.endpoint_id)
pulumi.export("target", chat.target)
