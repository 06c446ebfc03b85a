# What a job is made of, read from applies against a mocked provider: no account is needed.

mock_provider "aws" {
  override_data {
    target = data.aws_region.current
    values = {
      id   = "eu-west-1"
      name = "eu-west-1"
    }
  }

  override_data {
    target = data.aws_caller_identity.current
    values = {
      account_id = "123456789012"
    }
  }

  override_data {
    target = data.aws_partition.current
    values = {
      partition  = "aws"
      dns_suffix = "amazonaws.com"
    }
  }

  mock_data "aws_iam_policy_document" {
    defaults = {
      json          = "{\"Version\":\"2012-10-17\",\"Statement\":[]}"
      minified_json = "{\"Version\":\"2012-10-17\",\"Statement\":[]}"
    }
  }

  mock_resource "aws_security_group" {
    defaults = {
      id = "sg-0aaaaaaaaaaaaaaaa"
    }
  }

  mock_resource "aws_ecs_task_definition" {
    defaults = {
      arn = "arn:aws:ecs:eu-west-1:123456789012:task-definition/shop-production-reports:7"
    }
  }

  mock_resource "aws_iam_role" {
    defaults = {
      arn = "arn:aws:iam::123456789012:role/shop-production-reports"
    }
  }

  mock_resource "aws_sqs_queue" {
    defaults = {
      arn = "arn:aws:sqs:eu-west-1:123456789012:shop-production-reports-failures"
      url = "https://sqs.eu-west-1.amazonaws.com/123456789012/shop-production-reports-failures"
    }
  }

  mock_resource "aws_cloudwatch_event_rule" {
    defaults = {
      arn = "arn:aws:events:eu-west-1:123456789012:rule/shop-production-reports-failures"
    }
  }

  mock_resource "aws_scheduler_schedule_group" {
    defaults = {
      arn = "arn:aws:scheduler:eu-west-1:123456789012:schedule-group/shop-production-reports-runs"
    }
  }

  mock_resource "aws_cloudwatch_log_group" {
    defaults = {
      arn = "arn:aws:logs:eu-west-1:123456789012:log-group:/groundplan/shop-production-reports"
    }
  }
}

variables {
  name = "shop-production-reports"
  cluster = {
    cluster_arn  = "arn:aws:ecs:eu-west-1:123456789012:cluster/shop-production"
    cluster_name = "shop-production"
  }
  network = {
    vpc_id             = "vpc-0123456789abcdef0"
    compute_subnet_ids = ["subnet-0aaaaaaaaaaaaaaaa", "subnet-0bbbbbbbbbbbbbbbb"]
  }
  image       = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop:4f2c1d9"
  registry    = { repository_arn = "arn:aws:ecr:eu-west-1:123456789012:repository/shop" }
  key_arn     = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  task        = { cpu = 512, memory = 1024 }
  environment = { LOG_LEVEL = "info" }
  secrets = {
    STRIPE_KEY  = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/stripe-key-AbCdEf"
    DB_PASSWORD = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/orders-db-GhIjKl:password::"
  }
}

run "one_container_that_nobody_reaches" {
  assert {
    condition     = [for container in jsondecode(aws_ecs_task_definition.this.container_definitions) : container.name] == ["app"]
    error_message = "a job is more than its container"
  }

  assert {
    condition     = !contains(keys(jsondecode(aws_ecs_task_definition.this.container_definitions)[0]), "portMappings") && aws_ecs_task_definition.this.skip_destroy
    error_message = "a job listens, or loses the revision that a schedule names"
  }

  assert {
    condition     = length(aws_vpc_security_group_ingress_rule.connection) == 0 && keys(aws_vpc_security_group_egress_rule.outbound) == ["443"]
    error_message = "there are other ways than out on 443"
  }
}

run "what_it_may_do" {
  assert {
    condition     = jsondecode(aws_ecs_task_definition.this.container_definitions)[0].linuxParameters.capabilities == { add = [], drop = ["ALL"] }
    error_message = "the container has capabilities of the kernel"
  }
}

run "a_read_only_root" {
  variables {
    security = { user = "1000", read_only_root = true, writable_paths = ["/var/work"] }
  }

  assert {
    condition     = [for container in jsondecode(aws_ecs_task_definition.this.container_definitions) : container.name] == ["config", "app"] && jsondecode(aws_ecs_task_definition.this.container_definitions)[0].command == ["chmod 1777 /writable-1"]
    error_message = "nothing makes the volume one that the job may write to"
  }

  assert {
    condition     = jsondecode(aws_ecs_task_definition.this.container_definitions)[1].readonlyRootFilesystem && jsondecode(aws_ecs_task_definition.this.container_definitions)[1].user == "1000" && jsondecode(aws_ecs_task_definition.this.container_definitions)[1].mountPoints == [{ sourceVolume = "writable-1", containerPath = "/var/work", readOnly = false }]
    error_message = "the job can write elsewhere, or not where it should"
  }
}

run "an_image_of_another_registry" {
  variables {
    image = "registry.example.com/reports:1"
    registry = {
      repository_arn  = ""
      credentials_arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/registry-AbCdEf"
    }
  }

  assert {
    condition     = jsondecode(aws_ecs_task_definition.this.container_definitions)[0].repositoryCredentials.credentialsParameter == "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/registry-AbCdEf"
    error_message = "ECS is not told how to log in"
  }

  assert {
    condition     = length([for statement in data.aws_iam_policy_document.execution.statement : statement if anytrue([for action in statement.actions : startswith(action, "ecr:")])]) == 0
    error_message = "the execution role may pull from ECR"
  }
}

run "no_schedule_no_role" {
  assert {
    condition     = length(aws_scheduler_schedule.this) == 0 && length(aws_iam_role.start) == 0 && length(aws_scheduler_schedule_group.this) == 0
    error_message = "something may start the job that nobody asked for"
  }
}

run "how_it_is_started_by_hand" {
  variables {
    firewall = { security_group_ids = ["sg-0123456789abcdef0"] }
  }

  assert {
    condition     = output.run_command == "aws ecs run-task --region eu-west-1 --cluster shop-production --task-definition arn:aws:ecs:eu-west-1:123456789012:task-definition/shop-production-reports:7 --launch-type FARGATE --network-configuration 'awsvpcConfiguration={subnets=[subnet-0aaaaaaaaaaaaaaaa,subnet-0bbbbbbbbbbbbbbbb],securityGroups=[sg-0aaaaaaaaaaaaaaaa,sg-0123456789abcdef0],assignPublicIp=DISABLED}' --enable-ecs-managed-tags --propagate-tags TASK_DEFINITION"
    error_message = "the command is not the one that starts a run where runs take place"
  }
}

run "schedules" {
  variables {
    schedules = {
      nightly = { expressions = ["cron(30 2 * * ? *)"], time_zone = "Europe/Berlin" }
      often   = { expressions = ["cron(0 0/3 * * ? *)", "cron(30 1/3 * * ? *)"], enabled = false }
    }
  }

  assert {
    condition     = keys(aws_scheduler_schedule.this) == ["nightly", "often", "often-2"]
    error_message = "there is not a schedule for each expression"
  }

  assert {
    condition     = aws_scheduler_schedule.this["nightly"].schedule_expression_timezone == "Europe/Berlin" && aws_scheduler_schedule.this["often"].schedule_expression_timezone == "UTC"
    error_message = "the time zones are not those asked for"
  }

  assert {
    condition     = aws_scheduler_schedule.this["nightly"].state == "ENABLED" && aws_scheduler_schedule.this["often-2"].state == "DISABLED"
    error_message = "the switch does not switch"
  }

  assert {
    condition     = one(aws_scheduler_schedule.this["nightly"].flexible_time_window).mode == "OFF"
    error_message = "a run may begin later than it should"
  }

  assert {
    condition     = one(one(aws_scheduler_schedule.this["nightly"].target).ecs_parameters).task_definition_arn == "arn:aws:ecs:eu-west-1:123456789012:task-definition/shop-production-reports:7" && one(one(aws_scheduler_schedule.this["nightly"].target).ecs_parameters).launch_type == "FARGATE"
    error_message = "the schedule does not start the revision that was applied, on demand"
  }

  assert {
    condition     = one(one(aws_scheduler_schedule.this["nightly"].target).dead_letter_config).arn == "arn:aws:sqs:eu-west-1:123456789012:shop-production-reports-failures" && one(one(aws_scheduler_schedule.this["nightly"].target).retry_policy).maximum_event_age_in_seconds == 3600
    error_message = "a run that cannot be started is lost"
  }
}

run "the_role_of_schedules_starts_this_job_alone" {
  variables {
    schedules = { nightly = { expressions = ["cron(30 2 * * ? *)"] } }
  }

  assert {
    condition     = flatten([for statement in data.aws_iam_policy_document.start[0].statement : statement.resources if contains(statement.actions, "ecs:RunTask")]) == ["arn:aws:ecs:eu-west-1:123456789012:task-definition/shop-production-reports:*"]
    error_message = "the role may start other tasks"
  }

  assert {
    condition     = flatten([for statement in data.aws_iam_policy_document.start[0].statement : [for condition in statement.condition : "${condition.variable} ${join(",", condition.values)}"]]) == ["ecs:cluster arn:aws:ecs:eu-west-1:123456789012:cluster/shop-production", "ecs:CreateAction RunTask", "iam:PassedToService ecs-tasks.amazonaws.com"]
    error_message = "a right is not narrowed to this cluster, to the tags of a start, or to tasks"
  }

  assert {
    condition     = sort(flatten([for statement in data.aws_iam_policy_document.start[0].statement : statement.resources if contains(statement.actions, "iam:PassRole")])) == sort(distinct([aws_iam_role.execution.arn, aws_iam_role.task.arn]))
    error_message = "the role may pass other roles than the two of the task"
  }

  assert {
    condition     = sort(flatten([for statement in data.aws_iam_policy_document.start[0].statement : statement.actions])) == tolist(["ecs:RunTask", "ecs:TagResource", "iam:PassRole", "sqs:SendMessage"])
    error_message = "the role may do something else"
  }
}

run "on_spot" {
  variables {
    spot      = true
    schedules = { nightly = { expressions = ["cron(30 2 * * ? *)"] } }
  }

  assert {
    condition     = [for provider in one(one(aws_scheduler_schedule.this["nightly"].target).ecs_parameters).capacity_provider_strategy : provider.capacity_provider] == ["FARGATE_SPOT"]
    error_message = "runs do not take place on Spot"
  }

  assert {
    condition     = strcontains(output.run_command, "--capacity-provider-strategy capacityProvider=FARGATE_SPOT,weight=1") && !strcontains(output.run_command, "--launch-type")
    error_message = "runs that are started by hand do not take place on Spot"
  }
}

run "a_failed_run_is_noticed" {
  assert {
    condition = jsondecode(aws_cloudwatch_event_rule.failures.event_pattern).detail == {
      clusterArn        = ["arn:aws:ecs:eu-west-1:123456789012:cluster/shop-production"]
      lastStatus        = ["STOPPED"]
      taskDefinitionArn = [{ prefix = "arn:aws:ecs:eu-west-1:123456789012:task-definition/shop-production-reports:" }]
      "$or" = [
        { containers = { exitCode = [{ anything-but = 0 }] } },
        { stopCode = ["TaskFailedToStart", "SpotInterruption", "TerminationNotice"] },
      ]
    }
    error_message = "the rule does not match every run of this job that failed, and nothing else"
  }

  assert {
    condition     = aws_cloudwatch_event_target.failures.arn == aws_sqs_queue.failures.arn && aws_sqs_queue.failures.sqs_managed_sse_enabled
    error_message = "failures do not go to the queue, or lie there in the clear"
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.failures.threshold == 0 && aws_cloudwatch_metric_alarm.failures.dimensions.QueueName == "shop-production-reports-failures"
    error_message = "nothing tells of a failure"
  }

  assert {
    condition     = flatten([for statement in data.aws_iam_policy_document.failures.statement : [for condition in statement.condition : condition.values] if statement.effect != "Deny"]) == [aws_cloudwatch_event_rule.failures.arn]
    error_message = "others than the rule may write to the queue"
  }
}

# What the queue does not take is seen by the metrics of those that put failures there.
run "failures_that_the_queue_does_not_take_raise_an_alarm" {
  variables {
    alarm_topic_arns = ["arn:aws:sns:eu-west-1:123456789012:on-call"]
    schedules        = { nightly = { expressions = ["cron(30 2 * * ? *)"] } }
  }

  assert {
    condition = { for name, alarm in aws_cloudwatch_metric_alarm.lost : name => "${alarm.alarm_name}: ${alarm.namespace} ${alarm.metric_name} ${jsonencode(alarm.dimensions)}" } == {
      events    = "shop-production-reports-lost-by-events: AWS/Events FailedInvocations {\"RuleName\":\"shop-production-reports-failures\"}"
      scheduler = "shop-production-reports-lost-by-scheduler: AWS/Scheduler InvocationsFailedToBeSentToDeadLetterCount {\"ScheduleGroup\":\"shop-production-reports-runs\"}"
    }
    error_message = "the alarms watch something else: ${jsonencode([for alarm in aws_cloudwatch_metric_alarm.lost : [alarm.namespace, alarm.metric_name, alarm.dimensions]])}"
  }

  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.lost : alarm.statistic == "Sum" && alarm.comparison_operator == "GreaterThanThreshold" && alarm.threshold == 0 && alarm.treat_missing_data == "notBreaching" && alarm.alarm_actions == toset(var.alarm_topic_arns) && alarm.ok_actions == toset(var.alarm_topic_arns)])
    error_message = "one failure that is lost raises no alarm, or it tells nobody"
  }
}

run "without_schedules_nothing_watches_the_scheduler" {
  assert {
    condition     = keys(aws_cloudwatch_metric_alarm.lost) == ["events"]
    error_message = "alarms watch ${join(", ", keys(aws_cloudwatch_metric_alarm.lost))}"
  }
}

run "rights_and_paths_are_those_given" {
  variables {
    permissions = {
      bucket_reports = { actions = ["s3:PutObject"], resources = ["arn:aws:s3:::reports/*"] }
    }
    connections = {
      database_main = { security_group_id = "sg-0dddddddddddddddd", port = 5432 }
    }
  }

  assert {
    condition     = [for statement in data.aws_iam_policy_document.task[0].statement : "${statement.sid} ${join(",", statement.actions)}"] == ["BucketReports s3:PutObject"]
    error_message = "the container may do something else"
  }

  assert {
    condition     = aws_vpc_security_group_egress_rule.connection["database_main"].to_port == 5432 && aws_vpc_security_group_ingress_rule.connection["database_main"].security_group_id == "sg-0dddddddddddddddd"
    error_message = "the way to the database is not open on both sides"
  }

  assert {
    condition     = flatten([for statement in data.aws_iam_policy_document.execution.statement : statement.resources if contains(statement.actions, "secretsmanager:GetSecretValue")]) == ["arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/orders-db-GhIjKl", "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/stripe-key-AbCdEf"]
    error_message = "the execution role reads other secrets"
  }

  # Their ARNs stand in the policy once: the key opens for what their names have in common.
  assert {
    condition     = flatten([for statement in data.aws_iam_policy_document.execution.statement : [for condition in statement.condition : condition.values if condition.variable == "kms:EncryptionContext:SecretARN"] if statement.sid == "DecryptSecrets"]) == ["arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/*"]
    error_message = "the key opens for something else, or the ARNs stand in the policy twice"
  }
}
