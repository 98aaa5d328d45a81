module chat-on-maas

go 1.25

require (
	github.com/pulumi-inference/pulumi-inference/sdk/go v0.2.0
	github.com/pulumi/pulumi/sdk/v3 v3.259.0
)
