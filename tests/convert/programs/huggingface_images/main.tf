resource "huggingface_endpoint" "embed" {
  namespace = "acme"
  name      = "embed"
  type      = "private"

  compute = {
    accelerator   = "gpu"
    instance_type = "nvidia-t4"
    instance_size = "x1"
    scaling = {
      min_replica           = 0
      max_replica           = 1
      scale_to_zero_timeout = 30
      measure = {
        pending_requests = 2.5
      }
    }
  }

  model = {
    framework  = "pytorch"
    repository = "BAAI/bge-small-en-v1.5"
    task       = "sentence-embeddings"
    image = {
      tei = {
        url                     = "ghcr.io/huggingface/text-embeddings-inference:1.5"
        health_route            = "/health"
        max_batch_tokens        = 16384
        max_concurrent_requests = 512
        pooling                 = "cls"
        port                    = 8080
      }
    }
  }

  cloud_provider = {
    region = "us-east-1"
    vendor = "aws"
  }

  cache_http_responses = true
  tags                 = ["search", "eu"]

  route = {
    domain = "api.acme.test"
    path   = "/embed"
  }

  private_service = {
    account_id = "123456789012"
    shared     = true
  }
}

resource "huggingface_endpoint" "small" {
  namespace = huggingface_endpoint.embed.namespace
  name      = "small"
  type      = "public"

  compute = {
    accelerator   = "neuron"
    instance_type = "inf2"
    instance_size = "x1"
    scaling = {
      min_replica = 1
      max_replica = 1
      measure = {
        hardware_usage = 80
      }
    }
  }

  model = {
    framework  = "pytorch"
    repository = "openai-community/gpt2"
    task       = "text-generation"
    image = {
      tgi_neuron = {
        url               = "ghcr.io/huggingface/neuronx-tgi:latest"
        hf_auto_cast_type = "bf16"
        hf_num_cores      = 2
        max_input_length  = 1024
        max_total_tokens  = 2048
      }
    }
  }

  cloud_provider = {
    region = "us-east-1"
    vendor = "aws"
  }
}
