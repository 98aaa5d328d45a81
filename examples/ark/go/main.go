package main

import (
	"github.com/pulumi-inference/pulumi-inference/sdk/go/inference/ark"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		cfg := config.New(ctx, "")
		model := cfg.Get("model")
		if model == "" {
			model = "seed-1-6"
		}
		requestsPerMinute := cfg.GetInt("requestsPerMinute")
		if requestsPerMinute == 0 {
			requestsPerMinute = 600
		}
		tokensPerMinute := cfg.GetInt("tokensPerMinute")
		if tokensPerMinute == 0 {
			tokensPerMinute = 100000
		}

		chat, err := ark.NewEndpoint(ctx, "chat", &ark.EndpointArgs{
			Description: pulumi.String("Answers the shop's customers"),
			ModelReference: &ark.EndpointModelReferenceArgs{
				FoundationModel: &ark.EndpointModelReferenceFoundationModelArgs{
					Name:         pulumi.String(model),
					ModelVersion: pulumi.String("250615"),
				},
			},
			RateLimit: &ark.EndpointRateLimitArgs{
				Rpm: pulumi.Int(requestsPerMinute),
				Tpm: pulumi.Int(tokensPerMinute),
			},
			Tags: ark.EndpointTagArray{
				&ark.EndpointTagArgs{Key: pulumi.String("team"), Value: pulumi.String("shop")},
				&ark.EndpointTagArgs{Key: pulumi.String("managed-by"), Value: pulumi.String("pulumi")},
			},
		})
		if err != nil {
			return err
		}
		ctx.Export("endpointId", chat.EndpointId)
		ctx.Export("status", chat.Status)
		ctx.Export("target", chat.Target)
		return nil
	})
}
