import pulumi
from pulumi_inference import hf, tir

chat = hf.Endpoint(
    "chat",
    type="authenticated",
    cloud_provider={"vendor": "aws", "region": "us-east-1"},
    compute={"accelerator": "gpu", "instance_type": "nvidia-l4", "instance_size": "x1"},
    model={
        "repository": "Qwen/Qwen2.5-1.5B-Instruct",
        "framework": "pytorch",
        "image": {"v_llm": {"url": "vllm/vllm-openai:v0.10.2"}},
    },
)
search = tir.Endpoint(
    "search",
    framework="VLLM",
    sku_name="L4.1",
    sku_type="hourly",
    currency="INR",
    model_load_integration_id="41",
    detailed_info={"hugging_face_id": "google/gemma-2b"},
)

pulumi.export("targets", {"chat": chat.target, "search": search.target})
