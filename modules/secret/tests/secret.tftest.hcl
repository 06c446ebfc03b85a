# What a secret is made of, against a mocked provider: no account is needed.

mock_provider "aws" {}

variables {
  name        = "shop/production/StripeKey"
  description = "Secret StripeKey of shop in production"
  key_arn     = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
}

run "s1_encrypted_with_the_key" {
  assert {
    condition     = aws_secretsmanager_secret.this.kms_key_id == var.key_arn
    error_message = "the secret is not encrypted with the key"
  }

  assert {
    condition     = aws_secretsmanager_secret.this.name == "shop/production/StripeKey" && aws_secretsmanager_secret.this.description == "Secret StripeKey of shop in production"
    error_message = "the secret does not say what it is"
  }

  assert {
    condition     = aws_secretsmanager_secret.this.recovery_window_in_days == 30
    error_message = "a deleted secret cannot be restored for 30 days"
  }

  assert {
    condition     = output.arn == aws_secretsmanager_secret.this.arn
    error_message = "the output is not the secret's ARN"
  }
}
