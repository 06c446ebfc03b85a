# Who may use the cache. No password is in the code, in a plan or in the state, though not every version of the provider knows a
# write-only argument for it: a user is made without one, and gets it from Secrets Manager by a command (see the README).

locals {
  secret_prefix = var.secret_prefix == "" ? var.name : var.secret_prefix

  # ElastiCache gives rules back in its own spelling, in this order, and any other would look like a change on every plan.
  access_strings = {
    for process, user in var.users : process => "on ${join(" ", [for pattern in sort(distinct(user.keys)) : "~${pattern}"])} -@all ${join(" ", [for command in sort(distinct(var.commands)) : "+${command}"])}"
  }

  # ElastiCache knows user ids of at most 40 lower-case letters, digits and single hyphens, per account and region. What
  # does not fit is cut or rewritten, and told apart by a piece of its hash.
  plain_ids = { for process in keys(var.users) : process => "${var.name}-${process}" }
  user_ids = {
    for process, id in local.plain_ids : process => (
      length(id) <= 40 && process != "default" && can(regex("^[a-z]([a-z0-9]|-[a-z0-9])*$", id)) ? id :
      "${var.name}-${trim(substr(trim(replace(lower(process), "/[^a-z0-9]+/", "-"), "-"), 0, 10), "-")}${replace(lower(process), "/[^a-z0-9]+/", "") == "" ? "" : "-"}${substr(sha256(process), 0, 8)}"
    )
  }

  # The password goes from one program to the other, never over a command line, where others could read it. A JSON
  # secret would be asked for by its key; the value here is the password alone.
  activate_commands = {
    for process, user in aws_elasticache_user.this : process => join(" ", [
      "aws secretsmanager get-secret-value --region ${data.aws_region.current.id}",
      "--secret-id ${aws_secretsmanager_secret.this[process].arn}",
      "--query \"{UserId: '${user.user_id}', AuthenticationMode: {Type: 'password', Passwords: [SecretString]}}\" --output json",
      "| aws elasticache modify-user --region ${data.aws_region.current.id} --cli-input-json file:///dev/stdin",
    ])
  }
}

data "aws_region" "current" {}

# Who logs in without a name is the user default. It is off, and may do nothing.
resource "aws_elasticache_user" "default" {
  user_id              = "${var.name}-default"
  user_name            = "default"
  engine               = "redis"
  access_string        = "off -@all"
  no_password_required = true
}

# Until a user is activated only a signed request of IAM could log it in, and no role may sign one. From then on the way
# it logs in is not terraform's business, while its rules still are.
resource "aws_elasticache_user" "this" {
  for_each = var.users

  user_id       = local.user_ids[each.key]
  user_name     = local.user_ids[each.key]
  engine        = "redis"
  access_string = local.access_strings[each.key]

  authentication_mode {
    type = "iam"
  }

  lifecycle {
    # A user leaves the group before it is deleted.
    create_before_destroy = true

    ignore_changes = [authentication_mode]
  }
}

# A group of the engine redis serves Valkey too, and knows a user default that is off.
resource "aws_elasticache_user_group" "this" {
  user_group_id = var.name
  engine        = "redis"
  user_ids      = concat([aws_elasticache_user.default.user_id], [for user in aws_elasticache_user.this : user.user_id])
}

resource "aws_secretsmanager_secret" "this" {
  for_each = var.users

  name                    = "${local.secret_prefix}/${each.key}"
  description             = "Password of ${each.key} for the cache ${var.name}"
  kms_key_id              = var.key_arn
  recovery_window_in_days = var.recovery_window_days
}

# Letters and digits alone, as in connection strings. ElastiCache wants 16 to 128 of them.
ephemeral "aws_secretsmanager_random_password" "this" {
  for_each = var.users

  password_length            = 40
  exclude_punctuation        = true
  require_each_included_type = true
}

# A new value is drawn on every run, but written only when the version changes.
resource "aws_secretsmanager_secret_version" "this" {
  for_each = var.users

  secret_id                = aws_secretsmanager_secret.this[each.key].id
  secret_string_wo         = ephemeral.aws_secretsmanager_random_password.this[each.key].random_password
  secret_string_wo_version = var.password_rotation
}
