"""What the programs in programs/ have to become, by the documentation of both sides."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

HUGGINGFACE: Json = {
    "chat": {
        "namespace": "acme",
        "name": "chat-0",
        "type": "protected",
        "compute": {
            "accelerator": "cpu",
            "instanceType": "intel-icl",
            "instanceSize": "x4",
            "scaling": {
                "minReplica": 2,
                "maxReplica": 4,
                "metric": "hardwareUsage",
                "measure": {"hardwareUsage": 25},
            },
        },
        "model": {
            "framework": "pytorch",
            "repository": "openai-community/gpt2",
            "task": "text-generation",
            "image": {"huggingface": {}},
        },
        "cloudProvider": {"region": "us-east-1", "vendor": "aws"},
    }
}

HUGGINGFACE_IMAGES: Json = {
    "embed": {
        "namespace": "acme",
        "name": "embed",
        "type": "private",
        "compute": {
            "accelerator": "gpu",
            "instanceType": "nvidia-t4",
            "instanceSize": "x1",
            "scaling": {
                "minReplica": 0,
                "maxReplica": 1,
                "scaleToZeroTimeout": 30,
                "measure": {"pendingRequests": 2.5},
            },
        },
        "model": {
            "framework": "pytorch",
            "repository": "BAAI/bge-small-en-v1.5",
            "task": "sentence-embeddings",
            "image": {
                "tei": {
                    "url": "ghcr.io/huggingface/text-embeddings-inference:1.5",
                    "healthRoute": "/health",
                    "maxBatchTokens": 16384,
                    "maxConcurrentRequests": 512,
                    "pooling": "cls",
                    "port": 8080,
                }
            },
        },
        "cloudProvider": {"region": "us-east-1", "vendor": "aws"},
        "cacheHttpResponses": True,
        "tags": ["search", "eu"],
        "route": {"domain": "api.acme.test", "path": "/embed"},
        "privateService": {"accountId": "123456789012", "shared": True},
    },
    "small": {
        "namespace": "${embed.namespace}",
        "name": "small",
        "type": "public",
        "compute": {
            "accelerator": "neuron",
            "instanceType": "inf2",
            "instanceSize": "x1",
            "scaling": {"minReplica": 1, "maxReplica": 1, "measure": {"hardwareUsage": 80}},
        },
        "model": {
            "framework": "pytorch",
            "repository": "openai-community/gpt2",
            "task": "text-generation",
            "image": {
                "tgiNeuron": {
                    "url": "ghcr.io/huggingface/neuronx-tgi:latest",
                    "hfAutoCastType": "bf16",
                    "hfNumCores": 2,
                    "maxInputLength": 1024,
                    "maxTotalTokens": 2048,
                }
            },
        },
        "cloudProvider": {"region": "us-east-1", "vendor": "aws"},
    },
}

TIR: Json = {
    "serve": {
        "name": "serve",
        "skuName": "C3.2",
        "skuType": "hourly",
        "committedInstancePolicy": "",
        "committedDays": 0,
        "modelPath": "",
        "framework": "PYTORCH",
        "modelLoadIntegrationId": "${integration}",
        "clusterType": "tir-cluster",
        "storageType": "disk",
        "diskPath": "/mnt/models",
        "imagePullPolicy": "Always",
        "isAutoScaleEnabled": False,
        "replica": 1,
        "committedReplicas": 0,
        "autoScalePolicy": {
            "minReplicas": 1,
            "maxReplicas": 3,
            "stabilityPeriod": 120,
            "rules": [
                {
                    "metric": "concurrency",
                    "conditionType": "limit",
                    "value": 20,
                    "watchPeriod": 30,
                }
            ],
        },
        "detailedInfo": {
            "serverVersion": "v0.9.0",
            "tokenizer": "",
            "worldSize": 1,
            "errorLog": True,
            "infoLog": True,
            "warningLog": True,
            "logVerboseLevel": 2,
            "modelServeType": "",
            "engineArgs": {"max_model_length": "4096", "trust_remote_code": "true"},
        },
        "isReadinessProbeEnabled": True,
        "isLivenessProbeEnabled": False,
        "readinessProbe": {
            "protocol": "http",
            "path": "/ping",
            "port": 8080,
            "initialDelaySeconds": 15,
        },
        "livenessProbe": {},
        "resourceDetails": {
            "diskSize": 100,
            "mountPath": "",
            "envVariables": [
                {
                    "key": "HF_HOME",
                    "value": "/mnt/models/hub",
                    "required": True,
                    "disabled": {"key": True, "value": False},
                },
                {
                    "key": "LOG_LEVEL",
                    "value": "info",
                    "required": False,
                    "disabled": {"key": False, "value": False},
                },
            ],
        },
        "containerType": "public",
        "teamId": "7",
        "projectId": "11",
        "activeIam": "5",
        "location": "Delhi",
        "currency": "INR",
    }
}

BYTEPLUSCC: Json = {
    "chat": {
        "name": "chat",
        "description": "chat of the help desk",
        "projectName": "default",
        "modelReference": {"foundationModel": {"name": "seed-1-6", "modelVersion": "250615"}},
        "moderation": {"strategy": "Default"},
        "rateLimit": {"rpm": 10, "tpm": 5000},
        "tags": [{"key": "env", "value": "test"}, {"key": "team", "value": "desk"}],
    }
}
