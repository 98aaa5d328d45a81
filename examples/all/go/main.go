package main

import (
	"github.com/pulumi-inference/pulumi-inference/sdk/go/inference/ark"
	"github.com/pulumi-inference/pulumi-inference/sdk/go/inference/hf"
	"github.com/pulumi-inference/pulumi-inference/sdk/go/inference/maas"
	"github.com/pulumi-inference/pulumi-inference/sdk/go/inference/tir"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)

// Each cloud's function declares its two endpoints and says where callers find them.
func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		cfg := config.New(ctx, "")
		maxReplicas := orElse(cfg.GetInt("maxReplicas"), 2)
		requestsPerMinute := orElse(cfg.GetInt("requestsPerMinute"), 60)

		targets := pulumi.Map{}
		if err := huggingFace(ctx, maxReplicas, targets); err != nil {
			return err
		}
		if err := modelArk(ctx, requestsPerMinute, targets); err != nil {
			return err
		}
		if err := huaweiMaas(ctx, requestsPerMinute, targets); err != nil {
			return err
		}
		if err := e2eTir(ctx, maxReplicas, targets); err != nil {
			return err
		}
		ctx.Export("targets", targets)
		return nil
	})
}

func orElse(value, otherwise int) pulumi.Int {
	if value == 0 {
		return pulumi.Int(otherwise)
	}
	return pulumi.Int(value)
}

func huggingFace(ctx *pulumi.Context, maxReplicas pulumi.Int, targets pulumi.Map) error {
	place := &hf.EndpointCloudProviderArgs{
		Vendor: pulumi.String("aws"),
		Region: pulumi.String("us-east-1"),
	}
	chat, err := hf.NewEndpoint(ctx, "hf-chat", &hf.EndpointArgs{
		Type:          pulumi.String("authenticated"),
		CloudProvider: place,
		Compute: &hf.EndpointComputeArgs{
			Accelerator:  pulumi.String("gpu"),
			InstanceType: pulumi.String("nvidia-l4"),
			InstanceSize: pulumi.String("x1"),
			Scaling: &hf.EndpointComputeScalingArgs{
				MinReplica: pulumi.Int(1),
				MaxReplica: maxReplicas,
			},
		},
		Model: &hf.EndpointModelArgs{
			Repository: pulumi.String("Qwen/Qwen2.5-1.5B-Instruct"),
			Framework:  pulumi.String("pytorch"),
			Image: &hf.EndpointModelImageArgs{
				VLLM: &hf.EndpointModelImageVLLMArgs{Url: pulumi.String("vllm/vllm-openai:v0.10.2")},
			},
		},
	})
	if err != nil {
		return err
	}
	embeddings, err := hf.NewEndpoint(ctx, "hf-embeddings", &hf.EndpointArgs{
		Type:          pulumi.String("authenticated"),
		CloudProvider: place,
		Compute: &hf.EndpointComputeArgs{
			Accelerator:  pulumi.String("cpu"),
			InstanceType: pulumi.String("intel-spr"),
			InstanceSize: pulumi.String("x1"),
		},
		Model: &hf.EndpointModelArgs{
			Repository: pulumi.String("sentence-transformers/all-MiniLM-L6-v2"),
			Framework:  pulumi.String("pytorch"),
			Task:       pulumi.String("sentence-embeddings"),
		},
	})
	if err != nil {
		return err
	}
	targets["hf-chat"] = chat.Target
	targets["hf-embeddings"] = embeddings.Target
	return nil
}

func modelArk(ctx *pulumi.Context, requestsPerMinute pulumi.Int, targets pulumi.Map) error {
	seed := &ark.EndpointModelReferenceArgs{
		FoundationModel: &ark.EndpointModelReferenceFoundationModelArgs{
			Name:         pulumi.String("seed-1-6"),
			ModelVersion: pulumi.String("250615"),
		},
	}
	chat, err := ark.NewEndpoint(ctx, "ark-chat", &ark.EndpointArgs{
		Description:    pulumi.String("Answers customers"),
		ModelReference: seed,
	})
	if err != nil {
		return err
	}
	drafts, err := ark.NewEndpoint(ctx, "ark-drafts", &ark.EndpointArgs{
		Description:    pulumi.String("Writes drafts, with a limit on its traffic"),
		ModelReference: seed,
		RateLimit:      &ark.EndpointRateLimitArgs{Rpm: requestsPerMinute, Tpm: pulumi.Int(100000)},
	})
	if err != nil {
		return err
	}
	targets["ark-chat"] = chat.Target
	targets["ark-drafts"] = drafts.Target
	return nil
}

func huaweiMaas(ctx *pulumi.Context, requestsPerMinute pulumi.Int, targets pulumi.Map) error {
	chat, err := maas.NewEndpoint(ctx, "maas-chat", &maas.EndpointArgs{
		Description: pulumi.String("Answers customers"),
		ModelName:   pulumi.String("DeepSeek-V3"),
	})
	if err != nil {
		return err
	}
	drafts, err := maas.NewEndpoint(ctx, "maas-drafts", &maas.EndpointArgs{
		Description: pulumi.String("Writes drafts, with a limit on its traffic"),
		ModelName:   pulumi.String("DeepSeek-V3"),
		Rpm:         requestsPerMinute,
	})
	if err != nil {
		return err
	}
	targets["maas-chat"] = chat.Target
	targets["maas-drafts"] = drafts.Target
	return nil
}

func e2eTir(ctx *pulumi.Context, maxReplicas pulumi.Int, targets pulumi.Map) error {
	integrations := tir.GetIntegrationsOutput(ctx, tir.GetIntegrationsOutputArgs{}).Integrations()
	chat, err := tir.NewEndpoint(ctx, "tir-chat", &tir.EndpointArgs{
		Framework:              pulumi.String("VLLM"),
		SkuName:                pulumi.String("L4.1"),
		SkuType:                pulumi.String("hourly"),
		Currency:               pulumi.String("INR"),
		ModelLoadIntegrationId: integrations.Index(pulumi.Int(0)).IntegrationId(),
		DetailedInfo: &tir.EndpointDetailedInfoArgs{
			HuggingFaceId: pulumi.String("google/gemma-2b"),
			EngineArgs:    pulumi.Map{"max_model_length": pulumi.Int(4096)},
		},
		IsAutoScaleEnabled: pulumi.Bool(true),
		AutoScalePolicy: &tir.EndpointAutoScalePolicyArgs{
			MinReplicas: pulumi.Int(1),
			MaxReplicas: maxReplicas,
			Rules: tir.EndpointAutoScalePolicyRulesItemArray{
				&tir.EndpointAutoScalePolicyRulesItemArgs{
					Metric: pulumi.String("concurrency"),
					Value:  pulumi.Int(12),
				},
			},
		},
	})
	if err != nil {
		return err
	}
	server, err := tir.NewEndpoint(ctx, "tir-server", &tir.EndpointArgs{
		Framework:               pulumi.String("CUSTOM"),
		ContainerImage:          pulumi.String("nginx:1.27"),
		SkuName:                 pulumi.String("C3.4"),
		SkuType:                 pulumi.String("hourly"),
		Currency:                pulumi.String("INR"),
		IsReadinessProbeEnabled: pulumi.Bool(true),
		ReadinessProbe: &tir.EndpointReadinessProbeArgs{
			Path: pulumi.String("/"),
			Port: pulumi.Int(80),
		},
	})
	if err != nil {
		return err
	}
	targets["tir-chat"] = chat.Target
	targets["tir-server"] = server.Target
	return nil
}
