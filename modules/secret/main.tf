# The place for a value that comes from outside. Terraform makes the secret and never sees what is in it: no version is
# declared here, so a value put in by people or pipelines is neither read nor undone.

resource "aws_secretsmanager_secret" "this" {
  name                    = var.name
  description             = var.description
  kms_key_id              = var.key_arn
  recovery_window_in_days = var.recovery_window_days
}
