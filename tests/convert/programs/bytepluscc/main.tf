resource "bytepluscc_ark_endpoint" "chat" {
  name         = "chat"
  description  = "chat of the help desk"
  project_name = "default"

  model_reference = {
    foundation_model = {
      name          = "seed-1-6"
      model_version = "250615"
    }
  }

  moderation = {
    strategy = "Default"
  }

  rate_limit = {
    rpm = 10
    tpm = 5000
  }

  tags = [
    {
      key   = "env"
      value = "test"
    },
    {
      key   = "team"
      value = "desk"
    }
  ]
}

output "endpoint" {
  value = bytepluscc_ark_endpoint.chat.endpoint_id
}

output "limit" {
  value = bytepluscc_ark_endpoint.chat.rate_limit.rpm
}
