variable "stage" { type = string }
variable "greeting" { type = string }

resource "terraform_data" "hello" {
  input = "${var.greeting}, in ${var.stage}"
}

output "greeting" { value = terraform_data.hello.output }
