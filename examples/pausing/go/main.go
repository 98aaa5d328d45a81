package main

import (
	"github.com/pulumi-inference/pulumi-inference/sdk/go/inference/hf"
	"github.com/pulumi-inference/pulumi-inference/sdk/go/inference/tir"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		chat, err := hf.NewEndpoint(ctx, "chat", &hf.EndpointArgs{
			Type: pulumi.String("authenticated"),
			CloudProvider: &hf.EndpointCloudProviderArgs{
				Vendor: pulumi.String("aws"),
				Region: pulumi.String("us-east-1"),
			},
			Compute: &hf.EndpointComputeArgs{
				Accelerator:  pulumi.String("gpu"),
				InstanceType: pulumi.String("nvidia-l4"),
				InstanceSize: pulumi.String("x1"),
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
		search, err := tir.NewEndpoint(ctx, "search", &tir.EndpointArgs{
			Framework:              pulumi.String("VLLM"),
			SkuName:                pulumi.String("L4.1"),
			SkuType:                pulumi.String("hourly"),
			Currency:               pulumi.String("INR"),
			ModelLoadIntegrationId: pulumi.String("41"),
			DetailedInfo: &tir.EndpointDetailedInfoArgs{
				HuggingFaceId: pulumi.String("google/gemma-2b"),
			},
		})
		if err != nil {
			return err
		}
		ctx.Export("targets", pulumi.Map{"chat": chat.Target, "search": search.Target})
		return nil
	})
}
