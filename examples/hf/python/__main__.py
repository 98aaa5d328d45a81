import pulumi
from pulumi_inference import hf

config = pulumi.Config()

chat = hf.Endpoint(
    "chat",
    type="authenticated",
    cloud_provider={"vendor": "aws", "region": "us-east-1"},
    compute={
        "accelerator": "gpu",
        "instance_type": "nvidia-l4",
        "instance_size": "x1",
        "scaling": {
            "min_replica": 0,
            "max_replica": config.get_int("maxReplicas", 2),
            "scale_to_zero_timeout": 15,
            "measure": {"pending_requests": 1.5},
        },
    },
    model={
        "repository": config.get("model", "Qwen/Qwen2.5-1.5B-Instruct"),
        "framework": "pytorch",
        "task": "text-generation",
        "image": {"v_llm": {"url": "vllm/vllm-openai:v0.10.2", "tensor_parallel_size": 1}},
        "env": {"MAX_MODEL_LEN": "8192"},
    },
    tags=["chat", "managed-by-pulumi"],
)

pulumi.export("endpointId", chat.endpoint_id)
pulumi.export("url", chat.url)
pulumi.export("target", chat.target)
