variable "stage" { type = string }
variable "domain" { type = string }

# A provider would sign its requests the same way.
resource "terraform_data" "myapp" {
  input = "https://${var.domain}"

  provisioner "local-exec" {
    command = "aws sts get-caller-identity --query Arn --output text > ${path.module}/${var.stage}.txt"
  }
}

output "url" { value = terraform_data.myapp.output }
