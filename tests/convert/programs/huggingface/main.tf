resource "huggingface_endpoint" "chat" {
  namespace = "acme"
  name      = "chat-0"
  type      = "protected"

  compute = {
    accelerator   = "cpu"
    instance_type = "intel-icl"
    instance_size = "x4"
    scaling = {
      min_replica = 2
      max_replica = 4
      metric      = "hardwareUsage"

      measure = {
        hardware_usage = 25
      }
    }
  }

  model = {
    framework  = "pytorch"
    repository = "openai-community/gpt2"
    task       = "text-generation"
    image = {
      huggingface = {}
    }
  }

  cloud_provider = {
    region = "us-east-1"
    vendor = "aws"
  }
}

output "state" {
  value = huggingface_endpoint.chat.status.state
}

output "ready" {
  value = huggingface_endpoint.chat.status.ready_replica
}

output "id" {
  value = huggingface_endpoint.chat.id
}
