variable "tenant" { type = string }
variable "stage" { type = string }
variable "name" { type = string }
variable "cidr" { type = string }
variable "zones" { type = list(string) }

resource "terraform_data" "network" {
  input = { cidr = var.cidr, zones = var.zones }
}

output "id" { value = "${var.name}-${length(var.zones)}" }
