variable "tenant" { type = string }
variable "stage" { type = string }
variable "name" { type = string }
variable "network_id" { type = string }
variable "replicas" { type = number }

# A provider would sign its requests the same way.
resource "terraform_data" "app" {
  input = { network = var.network_id, replicas = var.replicas }

  provisioner "local-exec" {
    command = "aws sts get-caller-identity --query Arn --output text > ${path.module}/${var.stage}.txt"
  }
}

output "summary" { value = terraform_data.app.output }
