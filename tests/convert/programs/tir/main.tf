variable "integration" {
  type    = string
  default = "41"
}

resource "tir_model_endpoint" "serve" {
  name                      = "serve"
  sku_name                  = "C3.2"
  sku_type                  = "hourly"
  committed_instance_policy = ""
  committed_days            = 0
  model_path                = ""
  framework                 = "PYTORCH"
  model_load_integration_id = var.integration
  cluster_type              = "tir-cluster"
  storage_type              = "disk"
  disk_path                 = "/mnt/models"
  image_pull_policy         = "Always"
  is_auto_scale_enabled     = false
  replica                   = 1
  committed_replicas        = 0

  auto_scale_policy {
    min_replicas     = 1
    max_replicas     = 3
    stability_period = 120

    rules {
      metric         = "concurrency"
      condition_type = "limit"
      value          = 20
      watch_period   = 30
    }
  }

  detailed_info {
    server_version    = "v0.9.0"
    tokenizer         = ""
    world_size        = 1
    error_log         = true
    info_log          = true
    warning_log       = true
    log_verbose_level = 2
    model_serve_type  = ""
    engine_args = {
      max_model_length = "4096"
      trust_remote_code = "true"
    }
  }

  is_readiness_probe_enabled = true
  is_liveness_probe_enabled  = false

  readiness_probe {
    protocol              = "http"
    path                  = "/ping"
    port                  = 8080
    initial_delay_seconds = 15
  }

  liveness_probe {
  }

  resource_details {
    disk_size  = 100
    mount_path = ""
    env_variables {
      key      = "HF_HOME"
      value    = "/mnt/models/hub"
      required = true
      disabled = {
        key   = true
        value = false
      }
    }
    env_variables {
      key      = "LOG_LEVEL"
      value    = "info"
      required = false
      disabled = {
        key   = false
        value = false
      }
    }
  }

  container_type = "public"
  team_id        = "7"
  project_id     = "11"
  active_iam     = "5"
  location       = "Delhi"
  currency       = "INR"
}

output "container" {
  value = tir_model_endpoint.serve.container_name
}

output "log_level" {
  value = tir_model_endpoint.serve.resource_details[0].disk_size
}
