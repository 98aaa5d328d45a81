package main

import (
	"github.com/pulumi-inference/pulumi-inference/sdk/go/inference/hf"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		cfg := config.New(ctx, "")
		model := cfg.Get("model")
		if model == "" {
			model = "Qwen/Qwen2.5-1.5B-Instruct"
		}
		maxReplicas := cfg.GetInt("maxReplicas")
		if maxReplicas == 0 {
			maxReplicas = 2
		}

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
				Scaling: &hf.EndpointComputeScalingArgs{
					MinReplica:         pulumi.Int(0),
					MaxReplica:         pulumi.Int(maxReplicas),
					ScaleToZeroTimeout: pulumi.Int(15),
					Measure: &hf.EndpointComputeScalingMeasureArgs{
						PendingRequests: pulumi.Float64(1.5),
					},
				},
			},
			Model: &hf.EndpointModelArgs{
				Repository: pulumi.String(model),
				Framework:  pulumi.String("pytorch"),
				Task:       pulumi.String("text-generation"),
				Image: &hf.EndpointModelImageArgs{
					VLLM: &hf.EndpointModelImageVLLMArgs{
						Url:                pulumi.String("vllm/vllm-openai:v0.10.2"),
						TensorParallelSize: pulumi.Int(1),
					},
				},
				Env: pulumi.StringMap{"MAX_MODEL_LEN": pulumi.String("8192")},
			},
			Tags: pulumi.ToStringArray([]string{"chat", "managed-by-pulumi"}),
		})
		if err != nil {
			return err
		}
		ctx.Export("endpointId", chat.EndpointId)
		ctx.Export("url", chat.Url)
		ctx.Export("target", chat.Target)
		return nil
	})
}
