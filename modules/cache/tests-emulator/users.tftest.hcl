# Users and their passwords, against an AWS endpoint: Secrets Manager draws a password while terraform plans.

variables {
  name          = "shop-prod-main"
  vpc_id        = "vpc-0123456789abcdef0"
  subnet_ids    = ["subnet-0aaaaaaaaaaaaaaaa", "subnet-0bbbbbbbbbbbbbbbb"]
  key_arn       = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  secret_prefix = "shop/production/cache/test"
  node_type     = "cache.m6g.large"
  replicas      = 1
  multi_az      = true

  # What a test leaves behind must not keep its name.
  recovery_window_days = 0

  commands = ["set", "get"]

  users = {
    cart              = { keys = ["cart/*"] }
    default           = { keys = ["x/*"] }
    "Billing_Service" = { keys = ["bill/*"] }
    recommendation-calculations = {
      keys = ["rec/*"]
    }
  }
}

run "c1_a_user_per_process" {
  command = plan

  assert {
    condition     = aws_elasticache_user.this["cart"].user_id == "shop-prod-main-cart" && aws_elasticache_user.this["cart"].access_string == "on ~cart/* -@all +get +set"
    error_message = "the process has no user, or one with other rules"
  }

  assert {
    condition     = alltrue([for id in values(output.user_names) : length(id) <= 40 && can(regex("^[a-z]([a-z0-9]|-[a-z0-9])*$", id))])
    error_message = "ElastiCache refuses an id: ${join(", ", values(output.user_names))}"
  }

  assert {
    condition     = length(distinct(concat(values(output.user_names), [aws_elasticache_user.default.user_id]))) == 5
    error_message = "two users have one id: ${join(", ", values(output.user_names))}"
  }

  assert {
    condition     = aws_elasticache_user_group.this.user_ids == toset(concat(values(output.user_names), ["shop-prod-main-default"]))
    error_message = "the group does not hold exactly these users"
  }
}

run "s1_a_secret_per_user" {
  command = plan

  assert {
    condition     = { for process, secret in aws_secretsmanager_secret.this : process => secret.name if process == "cart" } == { cart = "shop/production/cache/test/cart" } && alltrue([for secret in aws_secretsmanager_secret.this : secret.kms_key_id == var.key_arn])
    error_message = "the password has no secret of its own, encrypted with the key"
  }
}

run "g4_no_password_in_plan_and_state" {
  plan_options {
    target = [aws_elasticache_user.this, aws_secretsmanager_secret_version.this]
  }

  assert {
    condition     = alltrue([for version in aws_secretsmanager_secret_version.this : version.secret_string == "" && version.secret_string_wo == null])
    error_message = "a password is in the state"
  }

  assert {
    condition     = alltrue([for user in aws_elasticache_user.this : user.passwords == null && one(user.authentication_mode).type == "iam" && one(user.authentication_mode).passwords == null])
    error_message = "terraform knows a password, or lets a user in without one"
  }
}

run "c1_rules_change_in_place" {
  command = plan

  variables {
    commands = ["del", "get", "set"]

    users = {
      cart              = { keys = ["totals", "cart/*", "cart/*"] }
      default           = { keys = ["x/*"] }
      "Billing_Service" = { keys = ["bill/*"] }
      recommendation-calculations = {
        keys = ["rec/*"]
      }
    }
  }

  assert {
    condition     = aws_elasticache_user.this["cart"].access_string == "on ~cart/* ~totals -@all +del +get +set" && strcontains(output.activate_commands["cart"], "UserId: 'shop-prod-main-cart'") && strcontains(output.activate_commands["cart"], "--cli-input-json file:///dev/stdin") && strcontains(output.activate_commands["cart"], aws_secretsmanager_secret.this["cart"].arn)
    error_message = "rules do not follow the code, or the command names another user"
  }
}
