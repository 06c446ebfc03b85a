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

variables {
  name    = "shop-production"
  key_arn = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
}

run "r1_images_are_scanned_immutable_and_encrypted" {
  command = plan

  assert {
    condition     = aws_ecr_repository.this.image_scanning_configuration[0].scan_on_push
    error_message = "images are not scanned on push"
  }

  assert {
    condition     = aws_ecr_repository.this.image_tag_mutability == "IMMUTABLE"
    error_message = "a tag can be moved to another image"
  }

  assert {
    condition     = aws_ecr_repository.this.encryption_configuration[0].encryption_type == "KMS" && aws_ecr_repository.this.encryption_configuration[0].kms_key == var.key_arn
    error_message = "images are not encrypted with the environment's key"
  }

  assert {
    condition     = !aws_ecr_repository.this.force_delete
    error_message = "images would go without being asked for"
  }
}

run "r1_old_images_expire" {
  command = plan

  variables {
    keep_images = 20
  }

  assert {
    condition = [for rule in jsondecode(aws_ecr_lifecycle_policy.this.policy).rules : rule.selection] == [
      { tagStatus = "untagged", countType = "sinceImagePushed", countUnit = "days", countNumber = 14 },
      { tagStatus = "tagged", tagPatternList = ["*"], countType = "imageCountMoreThan", countNumber = 20 },
    ]
    error_message = "the lifecycle policy reads ${aws_ecr_lifecycle_policy.this.policy}"
  }
}

# One rule for all of them expired the image that a service runs when the others were pushed often enough.
run "r1_each_image_of_a_shared_repository_counts_by_itself" {
  command = plan

  variables {
    keep_images  = 20
    tag_prefixes = ["orders-", "orders-worker-", "users-"]
  }

  # The longest prefix first, whose images no later rule may expire; the wider rules have room for what they count besides.
  assert {
    condition = [for rule in jsondecode(aws_ecr_lifecycle_policy.this.policy).rules : rule.selection if rule.selection.tagStatus == "tagged"] == [
      { tagStatus = "tagged", tagPatternList = ["orders-worker-*"], countType = "imageCountMoreThan", countNumber = 20 },
      { tagStatus = "tagged", tagPatternList = ["orders-*"], countType = "imageCountMoreThan", countNumber = 40 },
      { tagStatus = "tagged", tagPatternList = ["users-*"], countType = "imageCountMoreThan", countNumber = 20 },
      { tagStatus = "tagged", tagPatternList = ["*"], countType = "imageCountMoreThan", countNumber = 80 },
    ]
    error_message = "the lifecycle policy reads ${aws_ecr_lifecycle_policy.this.policy}"
  }

  assert {
    condition     = [for rule in jsondecode(aws_ecr_lifecycle_policy.this.policy).rules : rule.rulePriority] == [1, 2, 3, 4, 5]
    error_message = "the rules have priorities that ECR does not take"
  }
}

run "r1_every_tagged_image_can_be_kept" {
  command = plan

  variables {
    keep_images  = 0
    tag_prefixes = ["orders-"]
  }

  assert {
    condition     = [for rule in jsondecode(aws_ecr_lifecycle_policy.this.policy).rules : rule.selection.tagStatus] == ["untagged"]
    error_message = "the lifecycle policy reads ${aws_ecr_lifecycle_policy.this.policy}"
  }
}

run "roles_decide_for_themselves_when_nobody_is_named" {
  command = plan

  assert {
    condition     = length(aws_ecr_repository_policy.this) == 0
    error_message = "there is a repository policy, but nobody was named"
  }
}

run "r1_only_the_deploy_role_pushes" {
  command = plan

  variables {
    push_role_arns = ["arn:aws:iam::123456789012:role/deploy"]
  }

  assert {
    condition = jsondecode(aws_ecr_repository_policy.this[0].policy).Statement == [{
      Sid       = "PushOnlyByNamedRoles"
      Effect    = "Deny"
      Principal = "*"
      Action    = ["ecr:UploadLayerPart", "ecr:PutImage", "ecr:InitiateLayerUpload", "ecr:CompleteLayerUpload"]
      Condition = { ArnNotLike = { "aws:PrincipalArn" = ["arn:aws:iam::123456789012:role/deploy", "arn:aws:iam::123456789012:role/aws-service-role/*"] } }
    }]
    error_message = "the repository policy reads ${aws_ecr_repository_policy.this[0].policy}"
  }
}

run "r1_only_execution_roles_and_pushers_pull" {
  command = plan

  variables {
    push_role_arns = ["arn:aws:iam::123456789012:role/deploy"]
    pull_role_arns = ["arn:aws:iam::123456789012:role/shop-production-*"]
  }

  assert {
    condition = jsondecode(aws_ecr_repository_policy.this[0].policy).Statement[1] == {
      Sid       = "PullOnlyByNamedRoles"
      Effect    = "Deny"
      Principal = "*"
      Action    = ["ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage"]
      Condition = { ArnNotLike = { "aws:PrincipalArn" = ["arn:aws:iam::123456789012:role/shop-production-*", "arn:aws:iam::123456789012:role/deploy", "arn:aws:iam::123456789012:role/aws-service-role/*"] } }
    }
    error_message = "the repository policy reads ${aws_ecr_repository_policy.this[0].policy}"
  }
}

# Whoever pushes is not named: he has to read manifests, but no layers.
run "r1_only_execution_roles_get_layers" {
  command = plan

  variables {
    pull_role_arns = ["arn:aws:iam::*:role/shop-production-*-execution"]
  }

  assert {
    condition = jsondecode(aws_ecr_repository_policy.this[0].policy).Statement == [{
      Sid       = "PullOnlyByNamedRoles"
      Effect    = "Deny"
      Principal = "*"
      Action    = "ecr:GetDownloadUrlForLayer"
      Condition = { ArnNotLike = { "aws:PrincipalArn" = ["arn:aws:iam::*:role/shop-production-*-execution", "arn:aws:iam::123456789012:role/aws-service-role/*"] } }
    }]
    error_message = "the repository policy reads ${aws_ecr_repository_policy.this[0].policy}"
  }
}

run "refuses_upper_case_names" {
  command = plan

  variables {
    name = "Shop"
  }

  expect_failures = [var.name]
}

run "refuses_doubled_separators" {
  command = plan

  variables {
    name = "shop//production"
  }

  expect_failures = [var.name]
}

run "refuses_a_key_alias" {
  command = plan

  variables {
    key_arn = "arn:aws:kms:eu-west-1:123456789012:alias/shop"
  }

  expect_failures = [var.key_arn]
}

run "refuses_to_keep_too_few_to_go_back" {
  command = plan

  variables {
    keep_images = 2
  }

  expect_failures = [var.keep_images]
}

run "refuses_a_session_as_pusher" {
  command = plan

  variables {
    push_role_arns = ["arn:aws:sts::123456789012:assumed-role/deploy/session"]
  }

  expect_failures = [var.push_role_arns]
}

run "refuses_everybody_as_puller" {
  command = plan

  variables {
    pull_role_arns = ["*"]
  }

  expect_failures = [var.pull_role_arns]
}

run "refuses_a_prefix_twice" {
  command = plan

  variables {
    tag_prefixes = ["orders-", "orders-"]
  }

  expect_failures = [var.tag_prefixes]
}

run "refuses_more_prefixes_than_there_are_rules" {
  command = plan

  variables {
    tag_prefixes = [for number in range(49) : "service${number}-"]
  }

  expect_failures = [var.tag_prefixes]
}

run "refuses_a_pattern_as_prefix" {
  command = plan

  variables {
    tag_prefixes = ["orders-*"]
  }

  expect_failures = [var.tag_prefixes]
}
