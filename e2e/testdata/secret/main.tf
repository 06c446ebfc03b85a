# A root for TestG4_GeneratedSecret.

variable "rotation" {
  description = "Handed to the module."
  type        = number
}

module "secret_orders" {
  source = "./modules/generated-secret"

  name                 = "shop-production-orders"
  description          = "Password of the database role of orders."
  key_arn              = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
  rotation             = var.rotation
  recovery_window_days = 0
}
