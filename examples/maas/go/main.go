package main

import (
	"github.com/pulumi-inference/pulumi-inference/sdk/go/inference/maas"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		cfg := config.New(ctx, "")
		model := cfg.Get("model")
		if model == "" {
			model = "DeepSeek-V3"
		}
		requestsPerMinute := cfg.GetInt("requestsPerMinute")
		if requestsPerMinute == 0 {
			requestsPerMinute = 60
		}

		chat, err := maas.NewEndpoint(ctx, "chat", &maas.EndpointArgs{
			Description: pulumi.String("Chat for the support team"),
			ModelName:   pulumi.String(model),
			Rpm:         pulumi.Int(requestsPerMinute),
			Tpm:         pulumi.Int(10000),
		})
		if err != nil {
			return err
		}
		ctx.Export("endpointId", chat.EndpointId)
		ctx.Export("target", chat.Target)
		return nil
	})
}
