package main

import (
	"github.com/pulumi-inference/pulumi-inference/sdk/go/inference/tir"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		cfg := config.New(ctx, "")
		model := cfg.Get("model")
		if model == "" {
			model = "google/gemma-2b"
		}
		replicas := cfg.GetInt("replicas")
		if replicas == 0 {
			replicas = 1
		}

		chat, err := tir.NewEndpoint(ctx, "chat", &tir.EndpointArgs{
			Framework: pulumi.String("VLLM"),
			SkuName:   pulumi.String("L4.1"),
			SkuType:   pulumi.String("hourly"),
			Currency:  pulumi.String("INR"),
			// The integration that holds the Hugging Face token; tir.GetIntegrations lists them.
			ModelLoadIntegrationId: pulumi.String("41"),
			DetailedInfo: &tir.EndpointDetailedInfoArgs{
				HuggingFaceId: pulumi.String(model),
			},
			Replica: pulumi.Int(replicas),
		})
		if err != nil {
			return err
		}
		ctx.Export("endpointId", chat.EndpointId)
		ctx.Export("target", chat.Target)
		return nil
	})
}
