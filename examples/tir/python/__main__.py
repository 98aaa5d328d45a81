import pulumi
from pulumi_inference import tir

config = pulumi.Config()

chat = tir.Endpoint(
    "chat",
    framework="VLLM",
    sku_name="L4.1",
    sku_type="hourly",
    currency="INR",
    # The integration that holds the Hugging Face token; tir.get_integrations lists them.
    model_load_integration_id="41",
    detailed_info={"hugging_face_id": config.get("model", "google/gemma-2b")},
    replica=config.get_int("replicas", 1),
)

pulumi.export("endpointId", chat.endpoint_id)
pulumi.export("target", chat.target)
