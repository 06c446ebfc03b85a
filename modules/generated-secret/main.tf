# A random value nobody has to know. It is drawn by Secrets Manager while terraform runs and handed back through a
# write-only argument, so that neither a plan nor a state ever holds it.

resource "aws_secretsmanager_secret" "this" {
  name                    = var.name
  description             = var.description
  kms_key_id              = var.key_arn
  recovery_window_in_days = var.recovery_window_days
}

# Letters and digits alone: the value goes into connection strings, headers and JSON without escapes.
ephemeral "aws_secretsmanager_random_password" "this" {
  password_length            = var.length
  exclude_punctuation        = true
  require_each_included_type = true
}

# A new value is drawn on every run, but written only when the version changes.
resource "aws_secretsmanager_secret_version" "this" {
  secret_id                = aws_secretsmanager_secret.this.id
  secret_string_wo         = ephemeral.aws_secretsmanager_random_password.this.random_password
  secret_string_wo_version = var.rotation
}
