# What a generated secret is made of and when its value changes, applied for real: mocked providers know no ephemeral
# resources. This needs an AWS endpoint, of an emulator for instance.

variables {
  name                 = "shop/production/generated-secret-test"
  description          = "Key of calls between services of shop in production"
  key_arn              = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  recovery_window_days = 0
}

run "s1_encrypted_with_the_key" {
  assert {
    condition     = aws_secretsmanager_secret.this.kms_key_id == var.key_arn
    error_message = "the secret is not encrypted with the key"
  }

  assert {
    condition     = output.arn == aws_secretsmanager_secret.this.arn && aws_secretsmanager_secret_version.this.secret_id == aws_secretsmanager_secret.this.arn
    error_message = "the value is not the value of the secret"
  }
}

run "g4_value_is_not_in_the_state" {
  assert {
    condition     = try(length(aws_secretsmanager_secret_version.this.secret_string), 0) == 0 && aws_secretsmanager_secret_version.this.secret_string_wo == null
    error_message = "the state holds the value"
  }
}

run "s1_rotation_writes_a_new_value" {
  variables {
    rotation = 2
  }

  assert {
    condition     = aws_secretsmanager_secret_version.this.secret_string_wo_version == 2
    error_message = "the rotation is not the version of the value"
  }
}
