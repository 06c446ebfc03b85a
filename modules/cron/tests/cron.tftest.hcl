# The real provider, which plans without calling AWS: policies are the documents it renders, not mocks.
provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "none"
  secret_key                  = "none"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_region_validation      = true
  skip_requesting_account_id  = true
}

override_data {
  target = data.aws_caller_identity.current
  values = {
    account_id = "123456789012"
  }
}

override_resource {
  target          = aws_lambda_function.this
  override_during = plan
  values = {
    arn = "arn:aws:lambda:eu-west-1:123456789012:function:shop-production-cleanup"
  }
}

override_resource {
  target          = aws_sqs_queue.dead_letters
  override_during = plan
  values = {
    arn = "arn:aws:sqs:eu-west-1:123456789012:shop-production-cleanup-dead-letters"
    url = "https://sqs.eu-west-1.amazonaws.com/123456789012/shop-production-cleanup-dead-letters"
  }
}

override_resource {
  target          = aws_scheduler_schedule_group.this
  override_during = plan
  values = {
    arn = "arn:aws:scheduler:eu-west-1:123456789012:schedule-group/shop-production-cleanup"
  }
}

override_resource {
  target          = aws_scheduler_schedule.this
  override_during = plan
  values = {
    arn = "arn:aws:scheduler:eu-west-1:123456789012:schedule/shop-production-cleanup/shop-production-cleanup"
  }
}

override_resource {
  target          = aws_cloudwatch_log_group.this
  override_during = plan
  values = {
    arn = "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/shop-production-cleanup"
  }
}

override_resource {
  target          = aws_security_group.this
  override_during = plan
  values = {
    id = "sg-0ddddddddddddddddd"
  }
}

variables {
  name = "shop-production-cleanup"
  network = {
    vpc_id             = "vpc-0123456789abcdef0"
    compute_subnet_ids = ["subnet-0aaaaaaaaaaaaaaaa", "subnet-0bbbbbbbbbbbbbbbb"]
  }
  connection           = { security_group_id = "sg-0ccccccccccccccccc", port = 8080 }
  key_arn              = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  schedule_expressions = ["cron(0 4 * * ? *)"]
  url                  = "http://orders.shop-production.internal:8080"
  path                 = "/orders.Cleanup"
  method               = "POST"
  signature = {
    type       = "go"
    secret_arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/production/service-auth-AbCdEf"
  }
}

run "j1_runs_on_the_declared_schedule_in_utc" {
  command = plan

  assert {
    condition     = aws_scheduler_schedule.this["1"].schedule_expression == "cron(0 4 * * ? *)" && aws_scheduler_schedule.this["1"].schedule_expression_timezone == "UTC" && aws_scheduler_schedule.this["1"].flexible_time_window[0].mode == "OFF" && aws_scheduler_schedule.this["1"].state == "ENABLED"
    error_message = "the schedule is ${aws_scheduler_schedule.this["1"].schedule_expression} ${aws_scheduler_schedule.this["1"].schedule_expression_timezone}, not to the minute, or off"
  }

  assert {
    condition     = aws_scheduler_schedule.this["1"].target[0].arn == aws_lambda_function.this.arn && aws_scheduler_schedule.this["1"].group_name == "shop-production-cleanup"
    error_message = "the schedule starts something else"
  }

  assert {
    condition     = output.function_name == "shop-production-cleanup" && output.schedule_arns == [aws_scheduler_schedule.this["1"].arn] && output.dead_letter_queue_url == aws_sqs_queue.dead_letters.url
    error_message = "the outputs are of something else"
  }
}

# jsonencode writes an angle bracket as an escape, in which the scheduler does not find the word it replaces.
run "j1_a_run_is_named_by_its_job_and_its_time" {
  command = plan

  assert {
    condition     = aws_scheduler_schedule.this["1"].target[0].input == "{\"execution\":\"shop-production-cleanup/<aws.scheduler.scheduled-time>\"}"
    error_message = "the function is handed ${aws_scheduler_schedule.this["1"].target[0].input}"
  }

  assert {
    condition     = keys(jsondecode(aws_scheduler_schedule.this["1"].target[0].input)) == ["execution"]
    error_message = "the function is handed something else than an execution"
  }
}

run "j1_the_function_calls_the_endpoint_with_the_key" {
  command = plan

  assert {
    condition = aws_lambda_function.this.environment[0].variables == tomap({
      METHOD          = "POST"
      URL             = "http://orders.shop-production.internal:8080"
      ENDPOINT_PATH   = "/orders.Cleanup"
      SIGNATURE       = "go"
      ANSWER_SECONDS  = "300"
      REPEATS         = "2"
      AUTH_SECRET_ARN = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/production/service-auth-AbCdEf"
      AUTH_KEY_ID     = "1"
    })
    error_message = "the function is set to ${jsonencode(aws_lambda_function.this.environment[0].variables)}"
  }

  assert {
    condition     = aws_lambda_function.this.runtime == "python3.13" && aws_lambda_function.this.handler == "signer.handler" && aws_lambda_function.this.source_code_hash == filebase64sha256("./signer/signer.zip") && aws_lambda_function.this.timeout == 900
    error_message = "the function does not run the archive beside the module"
  }

  assert {
    condition     = aws_lambda_function.this.kms_key_arn == var.key_arn && aws_cloudwatch_log_group.this.kms_key_id == var.key_arn && aws_cloudwatch_log_group.this.name == "/aws/lambda/shop-production-cleanup" && aws_cloudwatch_log_group.this.retention_in_days == 30
    error_message = "settings or log are not encrypted, or the log is kept forever"
  }
}

run "j1_the_signature_of_typescript_names_application_and_environment" {
  command = plan

  variables {
    signature = {
      type       = "typescript"
      secret_arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/production/service-auth-AbCdEf"
      app_id     = "shop"
      env_name   = "production"
      key_id     = 7
    }
  }

  assert {
    condition     = { for name, value in aws_lambda_function.this.environment[0].variables : name => value if contains(["SIGNATURE", "APP_ID", "ENV_NAME", "AUTH_KEY_ID"], name) } == { SIGNATURE = "typescript", APP_ID = "shop", ENV_NAME = "production", AUTH_KEY_ID = "7" }
    error_message = "the function is set to ${jsonencode(aws_lambda_function.this.environment[0].variables)}"
  }
}

run "j1_without_a_signature_no_key_is_read" {
  command = plan

  variables {
    signature = { type = "none", secret_arn = "" }
  }

  assert {
    condition     = keys(aws_lambda_function.this.environment[0].variables) == tolist(["ANSWER_SECONDS", "ENDPOINT_PATH", "METHOD", "REPEATS", "SIGNATURE", "URL"])
    error_message = "the function is set to ${jsonencode(aws_lambda_function.this.environment[0].variables)}"
  }

  assert {
    condition     = [for statement in data.aws_iam_policy_document.signer.statement : statement.sid] == ["WriteLogs", "JoinNetwork", "CodeLeavesNetworkAlone", "ReadSettings"]
    error_message = "the function may read a secret nobody gave it"
  }

  assert {
    condition     = length(aws_vpc_security_group_egress_rule.secret) == 0
    error_message = "the function reaches Secrets Manager for nothing"
  }
}

run "j1_one_run_at_a_time_unless_asked_otherwise" {
  command = plan

  assert {
    condition     = aws_lambda_function.this.reserved_concurrent_executions == 1
    error_message = "two runs may go on at once"
  }
}

run "runs_overlap_when_asked_for" {
  command = plan

  variables {
    overlapping_runs = true
  }

  assert {
    condition     = aws_lambda_function.this.reserved_concurrent_executions == -1
    error_message = "concurrency is reserved though runs may overlap"
  }
}

run "a_schedule_can_be_switched_off" {
  command = plan

  variables {
    enabled = false
  }

  assert {
    condition     = aws_scheduler_schedule.this["1"].state == "DISABLED"
    error_message = "the schedule still runs"
  }
}

# Lambda would call an endpoint again that is still at work; the function knows which one is not.
run "j1_failed_runs_are_repeated_by_the_function_and_then_kept" {
  command = plan

  assert {
    condition     = aws_lambda_function_event_invoke_config.this.maximum_retry_attempts == 0 && aws_lambda_function_event_invoke_config.this.maximum_event_age_in_seconds == 3600 && aws_lambda_function_event_invoke_config.this.destination_config[0].on_failure[0].destination == aws_sqs_queue.dead_letters.arn
    error_message = "Lambda repeats a run that may still be at work, or what fails is no dead letter"
  }

  assert {
    condition     = aws_scheduler_schedule.this["1"].target[0].retry_policy[0].maximum_event_age_in_seconds == 3600 && aws_scheduler_schedule.this["1"].target[0].retry_policy[0].maximum_retry_attempts == 185 && aws_scheduler_schedule.this["1"].target[0].dead_letter_config[0].arn == aws_sqs_queue.dead_letters.arn
    error_message = "a run that Lambda does not take is not a dead letter"
  }

  assert {
    condition     = aws_sqs_queue.dead_letters.name == "shop-production-cleanup-dead-letters" && aws_sqs_queue.dead_letters.message_retention_seconds == 14 * 24 * 3600 && aws_sqs_queue.dead_letters.kms_master_key_id == var.key_arn
    error_message = "the dead letters are not kept for 14 days, or not encrypted with the key"
  }

  assert {
    condition     = one(data.aws_iam_policy_document.dead_letters.statement).effect == "Deny" && one(one(data.aws_iam_policy_document.dead_letters.statement).condition).variable == "aws:SecureTransport"
    error_message = "the queue takes messages over plain HTTP, or allows something"
  }
}

# Each call has its full time, and the pauses of one minute and two stand between them.
run "the_function_lives_as_long_as_its_repetitions" {
  command = plan

  variables {
    timeout_seconds = 30
  }

  assert {
    condition     = aws_lambda_function.this.timeout == 3 * 30 + 60 + 120 + 5
    error_message = "the function ends after ${aws_lambda_function.this.timeout} seconds"
  }
}

run "a_run_without_repetitions_needs_no_time_for_them" {
  command = plan

  variables {
    timeout_seconds = 30
    retry_attempts  = 0
  }

  assert {
    condition     = aws_lambda_function.this.timeout == 35 && aws_lambda_function.this.environment[0].variables.REPEATS == "0"
    error_message = "the function ends after ${aws_lambda_function.this.timeout} seconds"
  }
}

run "the_longest_answer_fits_into_lambda" {
  command = plan

  variables {
    timeout_seconds = 900
  }

  assert {
    condition     = aws_lambda_function.this.timeout == 900
    error_message = "the function wants ${aws_lambda_function.this.timeout} seconds of Lambda's 900"
  }
}

run "j1_lost_runs_raise_an_alarm" {
  command = plan

  variables {
    alarm_topic_arns = ["arn:aws:sns:eu-west-1:123456789012:on-call"]
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.dead_letters.metric_name == "ApproximateNumberOfMessagesVisible" && aws_cloudwatch_metric_alarm.dead_letters.dimensions == tomap({ QueueName = "shop-production-cleanup-dead-letters" }) && aws_cloudwatch_metric_alarm.dead_letters.comparison_operator == "GreaterThanThreshold" && aws_cloudwatch_metric_alarm.dead_letters.threshold == 0
    error_message = "the alarm does not watch the dead letters"
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.dead_letters.alarm_actions == toset(["arn:aws:sns:eu-west-1:123456789012:on-call"]) && aws_cloudwatch_metric_alarm.dead_letters.ok_actions == toset(["arn:aws:sns:eu-west-1:123456789012:on-call"]) && aws_cloudwatch_metric_alarm.dead_letters.treat_missing_data == "notBreaching"
    error_message = "the alarm tells nobody, or goes off for an empty queue"
  }
}

# What failed for good and does not reach the queue either: each of the two that put runs there says so by a metric of its own.
run "j1_runs_that_the_queue_does_not_take_raise_an_alarm" {
  command = plan

  variables {
    alarm_topic_arns = ["arn:aws:sns:eu-west-1:123456789012:on-call"]
  }

  assert {
    condition = { for name, alarm in aws_cloudwatch_metric_alarm.lost : name => "${alarm.alarm_name}: ${alarm.namespace} ${alarm.metric_name} ${jsonencode(alarm.dimensions)}" } == {
      lambda    = "shop-production-cleanup-lost-by-lambda: AWS/Lambda DestinationDeliveryFailures {\"FunctionName\":\"shop-production-cleanup\"}"
      scheduler = "shop-production-cleanup-lost-by-scheduler: AWS/Scheduler InvocationsFailedToBeSentToDeadLetterCount {\"ScheduleGroup\":\"shop-production-cleanup\"}"
    }
    error_message = "the alarms watch something else: ${jsonencode([for alarm in aws_cloudwatch_metric_alarm.lost : [alarm.namespace, alarm.metric_name, alarm.dimensions]])}"
  }

  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.lost : alarm.statistic == "Sum" && alarm.comparison_operator == "GreaterThanThreshold" && alarm.threshold == 0 && alarm.evaluation_periods == 1])
    error_message = "one run that is lost raises no alarm"
  }

  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.lost : alarm.treat_missing_data == "notBreaching" && alarm.alarm_actions == toset(var.alarm_topic_arns) && alarm.ok_actions == toset(var.alarm_topic_arns)])
    error_message = "the alarms tell nobody, or a job that does not run raises one"
  }
}

run "n5_the_function_reaches_the_process_and_secrets_manager_alone" {
  command = plan

  assert {
    condition     = aws_lambda_function.this.vpc_config[0].security_group_ids == toset([aws_security_group.this.id]) && aws_lambda_function.this.vpc_config[0].subnet_ids == toset(var.network.compute_subnet_ids)
    error_message = "the function is not in the compute subnets with its own security group"
  }

  assert {
    condition = [for rule in [aws_vpc_security_group_egress_rule.connection, aws_vpc_security_group_ingress_rule.connection] : [rule.security_group_id, rule.referenced_security_group_id, rule.ip_protocol, rule.from_port, rule.to_port]] == [
      [aws_security_group.this.id, "sg-0ccccccccccccccccc", "tcp", 8080, 8080],
      ["sg-0ccccccccccccccccc", aws_security_group.this.id, "tcp", 8080, 8080],
    ]
    error_message = "the two rules of the connection do not mirror each other"
  }

  assert {
    condition     = [for rule in aws_vpc_security_group_egress_rule.secret : [rule.cidr_ipv4, rule.from_port, rule.to_port]] == [["0.0.0.0/0", 443, 443]]
    error_message = "the function cannot reach Secrets Manager, or more than it"
  }
}

run "j1_the_function_may_do_only_what_a_run_needs" {
  command = plan

  assert {
    condition = { for statement in concat(data.aws_iam_policy_document.signer.statement, data.aws_iam_policy_document.give_up.statement) : statement.sid => "${coalesce(statement.effect, "Allow")} ${join(" ", statement.actions)} on ${join(" ", statement.resources)}" if !contains(["JoinNetwork", "CodeLeavesNetworkAlone"], statement.sid) } == {
      WriteLogs         = "Allow logs:CreateLogStream logs:PutLogEvents on arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/shop-production-cleanup:*"
      ReadSettings      = "Allow kms:Decrypt on arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
      ReadSecret        = "Allow secretsmanager:GetSecretValue on arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/production/service-auth-AbCdEf"
      DecryptSecret     = "Allow kms:Decrypt on arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
      SendDeadLetter    = "Allow sqs:SendMessage on arn:aws:sqs:eu-west-1:123456789012:shop-production-cleanup-dead-letters"
      EncryptDeadLetter = "Allow kms:Decrypt kms:GenerateDataKey on arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
    }
    error_message = "the function's role has other statements: ${jsonencode([for statement in data.aws_iam_policy_document.signer.statement : statement])}"
  }

  # What Lambda may do to connect the function, the function's code may not.
  assert {
    condition     = data.aws_iam_policy_document.signer.statement[1].actions == data.aws_iam_policy_document.signer.statement[2].actions && data.aws_iam_policy_document.signer.statement[2].effect == "Deny" && one(data.aws_iam_policy_document.signer.statement[2].condition).variable == "lambda:SourceFunctionArn" && one(data.aws_iam_policy_document.signer.statement[2].condition).values == tolist([aws_lambda_function.this.arn])
    error_message = "the code of the function may change network interfaces"
  }

  assert {
    condition = { for statement in concat(data.aws_iam_policy_document.signer.statement, data.aws_iam_policy_document.give_up.statement) : statement.sid => join(", ", sort([for condition in statement.condition : "${condition.variable} = ${join(" ", condition.values)}"])) if contains(statement.actions, "kms:Decrypt") } == {
      ReadSettings      = "kms:EncryptionContext:aws:lambda:FunctionArn = arn:aws:lambda:eu-west-1:123456789012:function:shop-production-cleanup"
      DecryptSecret     = "kms:EncryptionContext:SecretARN = ${var.signature.secret_arn}, kms:ViaService = secretsmanager.eu-west-1.amazonaws.com"
      EncryptDeadLetter = "kms:ViaService = sqs.eu-west-1.amazonaws.com"
    }
    error_message = "the key opens for more than settings, secret and dead letters"
  }
}

run "j1_the_schedule_may_only_start_the_function" {
  command = plan

  assert {
    condition     = [for statement in data.aws_iam_policy_document.schedule.statement : [statement.sid, join(" ", statement.actions), join(" ", statement.resources)]] == [["StartRun", "lambda:InvokeFunction", aws_lambda_function.this.arn]]
    error_message = "the schedule's role has other statements"
  }

  assert {
    condition     = { for condition in data.aws_iam_policy_document.schedule_trust.statement[0].condition : condition.variable => join(" ", condition.values) } == { "aws:SourceAccount" = "123456789012", "aws:SourceArn" = aws_scheduler_schedule_group.this.arn }
    error_message = "the scheduler may take the role for another group or account"
  }
}

run "roles_keep_to_path_and_boundary" {
  command = plan

  variables {
    iam = { path = "/teams/shop/", permissions_boundary_arn = "arn:aws:iam::123456789012:policy/boundary" }
  }

  assert {
    condition     = [for role in [aws_iam_role.signer, aws_iam_role.schedule] : [role.name, role.path, role.permissions_boundary]] == [["shop-production-cleanup-signer", "/teams/shop/", var.iam.permissions_boundary_arn], ["shop-production-cleanup-schedule", "/teams/shop/", var.iam.permissions_boundary_arn]]
    error_message = "a role is outside path or boundary"
  }
}

# 55 characters: what is left of IAM's 64.
run "the_longest_name" {
  command = plan

  variables {
    name = join("", [for number in range(55) : "a"])
  }

  assert {
    condition     = length(aws_iam_role.schedule.name) == 64 && length(aws_scheduler_schedule.this["1"].name) <= 64 && length(aws_sqs_queue.dead_letters.name) <= 80
    error_message = "a name is longer than AWS accepts, or shorter than it could be"
  }
}

run "j1_an_interval_that_one_expression_cannot_say_has_a_schedule_for_each" {
  command = plan

  variables {
    schedule_expressions = ["cron(0 0/3 * * ? *)", "cron(30 1/3 * * ? *)"]
  }

  assert {
    condition     = { for key, schedule in aws_scheduler_schedule.this : key => [schedule.name, schedule.schedule_expression] } == { "1" = ["shop-production-cleanup", "cron(0 0/3 * * ? *)"], "2" = ["shop-production-cleanup-2", "cron(30 1/3 * * ? *)"] }
    error_message = "the schedules are ${jsonencode([for schedule in aws_scheduler_schedule.this : schedule.schedule_expression])}"
  }

  assert {
    condition     = length(distinct([for schedule in aws_scheduler_schedule.this : schedule.target[0].input])) == 1
    error_message = "runs of one job are not named alike"
  }
}
