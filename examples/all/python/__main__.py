import pulumi
from pulumi_inference import ark, hf, maas, tir

config = pulumi.Config()
max_replicas = config.get_int("maxReplicas", 2)
requests_per_minute = config.get_int("requestsPerMinute", 60)

endpoints = {
    "hf-chat": hf.Endpoint(
        "hf-chat",
        type="authenticated",
        cloud_provider={"vendor": "aws", "region": "us-east-1"},
        compute={
            "accelerator": "gpu",
            "instance_type": "nvidia-l4",
            "instance_size": "x1",
            "scaling": {"min_replica": 1, "max_replica": max_replicas},
        },
        model={
            "repository": "Qwen/Qwen2.5-1.5B-Instruct",
            "framework": "pytorch",
            "image": {"v_llm": {"url": "vllm/vllm-openai:v0.10.2"}},
        },
    ),
    "hf-embeddings": hf.Endpoint(
        "hf-embeddings",
        type="authenticated",
        cloud_provider={"vendor": "aws", "region": "us-east-1"},
        compute={"accelerator": "cpu", "instance_type": "intel-spr", "instance_size": "x1"},
        model={
            "repository": "sentence-transformers/all-MiniLM-L6-v2",
            "framework": "pytorch",
            "task": "sentence-embeddings",
        },
    ),
    "ark-chat": ark.Endpoint(
        "ark-chat",
        description="Answers customers",
        model_reference={"foundation_model": {"name": "seed-1-6", "model_version": "250615"}},
    ),
    "ark-drafts": ark.Endpoint(
        "ark-drafts",
        description="Writes drafts, with a limit on its traffic",
        model_reference={"foundation_model": {"name": "seed-1-6", "model_version": "250615"}},
        rate_limit={"rpm": requests_per_minute, "tpm": 100000},
    ),
    "maas-chat": maas.Endpoint(
        "maas-chat",
        description="Answers customers",
        model_name="DeepSeek-V3",
    ),
    "maas-drafts": maas.Endpoint(
        "maas-drafts",
        description="Writes drafts, with a limit on its traffic",
        model_name="DeepSeek-V3",
        rpm=requests_per_minute,
    ),
    "tir-chat": tir.Endpoint(
        "tir-chat",
        framework="VLLM",
        sku_name="L4.1",
        sku_type="hourly",
        currency="INR",
        model_load_integration_id=tir.get_integrations_output().integrations[0].integration_id,
        detailed_info={
            "hugging_face_id": "google/gemma-2b",
            "engine_args": {"max_model_length": 4096},
        },
        is_auto_scale_enabled=True,
        auto_scale_policy={
            "min_replicas": 1,
            "max_replicas": max_replicas,
            "rules": [{"metric": "concurrency", "value": 12}],
        },
    ),
    "tir-server": tir.Endpoint(
        "tir-server",
        framework="CUSTOM",
        container_image="nginx:1.27",
        sku_name="C3.4",
        sku_type="hourly",
        currency="INR",
        is_readiness_probe_enabled=True,
        readiness_probe={"path": "/", "port": 80},
    ),
}

pulumi.export("targets", {name: endpoint.target for name, endpoint in endpoints.items()})
