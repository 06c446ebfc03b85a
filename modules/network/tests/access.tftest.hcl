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

override_data {
  target = data.aws_availability_zones.this
  values = {
    names    = ["eu-west-1a", "eu-west-1b", "eu-west-1c"]
    zone_ids = ["euw1-az3", "euw1-az1", "euw1-az2"]
  }
}

variables {
  name    = "shop-production"
  cidr    = "10.20.0.0/16"
  zones   = ["a", "b"]
  key_arn = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  nat     = "single"
}

run "n5_public_tier_takes_the_web_and_passes_on_the_service_port" {
  command = plan

  variables {
    nat                 = "none"
    interface_endpoints = ["ecr.api", "ecr.dkr", "logs", "secretsmanager"]
    storage_ports       = [5432]
  }

  assert {
    condition = {
      for name, rule in aws_network_acl_rule.this : name => join(" ", compact([
        rule.rule_number,
        rule.rule_action,
        rule.protocol,
        rule.protocol == "tcp" ? "${rule.from_port}-${rule.to_port}" : "",
        rule.protocol == "icmp" ? "${rule.icmp_type}/${rule.icmp_code}" : "",
        rule.egress ? "to" : "from",
        rule.cidr_block,
      ])) if startswith(name, "public_")
      } == {
      public_in_answers_of_services      = "120 allow tcp 1024-65535 from 10.20.0.0/17"
      public_in_http                     = "100 allow tcp 80-80 from 0.0.0.0/0"
      public_in_https                    = "110 allow tcp 443-443 from 0.0.0.0/0"
      public_in_too_large                = "200 allow icmp 3/4 from 0.0.0.0/0"
      public_out_answers_to_clients      = "200 allow tcp 1024-65535 to 0.0.0.0/0"
      public_out_answers_to_compute      = "110 allow tcp 1024-65535 to 10.20.0.0/17"
      public_out_nothing_else_to_compute = "190 deny -1 to 10.20.0.0/17"
      public_out_nothing_to_storage      = "195 deny -1 to 10.20.136.0/21"
      public_out_service                 = "100 allow tcp 8080-8080 to 10.20.0.0/17"
      public_out_too_large               = "120 allow icmp 3/4 to 10.20.0.0/17"
    }
    error_message = "the public tier has other rules"
  }
}

run "n5_public_tier_with_nat_carries_what_compute_sends" {
  command = plan

  assert {
    condition = {
      for name, rule in aws_network_acl_rule.this : name => join(" ", compact([
        rule.rule_number,
        rule.rule_action,
        rule.protocol,
        rule.protocol == "tcp" ? "${rule.from_port}-${rule.to_port}" : "",
        rule.protocol == "icmp" ? "${rule.icmp_type}/${rule.icmp_code}" : "",
        rule.egress ? "to" : "from",
        rule.cidr_block,
      ])) if startswith(name, "public_")
      } == {
      public_in_answers_of_internet      = "140 allow tcp 3390-65535 from 0.0.0.0/0"
      public_in_answers_of_services      = "120 allow tcp 1024-65535 from 10.20.0.0/17"
      public_in_compute_to_nat           = "130 allow tcp 0-65535 from 10.20.0.0/17"
      public_in_http                     = "100 allow tcp 80-80 from 0.0.0.0/0"
      public_in_https                    = "110 allow tcp 443-443 from 0.0.0.0/0"
      public_in_low_answers              = "145 allow tcp 1024-3388 from 0.0.0.0/0"
      public_in_too_large                = "200 allow icmp 3/4 from 0.0.0.0/0"
      public_out_answers_to_clients      = "200 allow tcp 1024-65535 to 0.0.0.0/0"
      public_out_answers_to_compute      = "110 allow tcp 1024-65535 to 10.20.0.0/17"
      public_out_nat_to_internet         = "210 allow tcp 0-65535 to 0.0.0.0/0"
      public_out_nothing_else_to_compute = "190 deny -1 to 10.20.0.0/17"
      public_out_nothing_to_storage      = "195 deny -1 to 10.20.136.0/21"
      public_out_service                 = "100 allow tcp 8080-8080 to 10.20.0.0/17"
      public_out_too_large               = "120 allow icmp 3/4 to 10.20.0.0/17"
    }
    error_message = "the public tier has other rules"
  }
}

run "n3_compute_tier_takes_connections_from_the_load_balancer_only" {
  command = plan

  assert {
    condition = {
      for name, rule in aws_network_acl_rule.this : name => join(" ", compact([
        rule.rule_number,
        rule.rule_action,
        rule.protocol,
        rule.protocol == "tcp" ? "${rule.from_port}-${rule.to_port}" : "",
        rule.protocol == "icmp" ? "${rule.icmp_type}/${rule.icmp_code}" : "",
        rule.egress ? "to" : "from",
        rule.cidr_block,
      ])) if startswith(name, "compute_")
      } == {
      compute_in_answers                  = "200 allow tcp 3390-65535 from 0.0.0.0/0"
      compute_in_low_answers              = "205 allow tcp 1024-3388 from 0.0.0.0/0"
      compute_in_service_from_compute     = "110 allow tcp 8080-8080 from 10.20.0.0/17"
      compute_in_service_from_nobody_else = "190 deny tcp 8080-8080 from 0.0.0.0/0"
      compute_in_service_from_public      = "100 allow tcp 8080-8080 from 10.20.128.0/21"
      compute_in_too_large                = "210 allow icmp 3/4 from 0.0.0.0/0"
      compute_out_answers_to_compute      = "140 allow tcp 1024-65535 to 10.20.0.0/17"
      compute_out_answers_to_public       = "100 allow tcp 1024-65535 to 10.20.128.0/21"
      compute_out_http_to_public          = "110 allow tcp 80-80 to 10.20.128.0/21"
      compute_out_https_to_compute        = "130 allow tcp 443-443 to 10.20.0.0/17"
      compute_out_https_to_public         = "120 allow tcp 443-443 to 10.20.128.0/21"
      compute_out_nothing_else_to_compute = "32110 deny -1 to 10.20.0.0/17"
      compute_out_nothing_else_to_public  = "32100 deny -1 to 10.20.128.0/21"
      compute_out_nothing_else_to_storage = "32120 deny -1 to 10.20.136.0/21"
      compute_out_to_internet             = "32200 allow tcp 0-65535 to 0.0.0.0/0"
    }
    error_message = "the compute tier has other rules"
  }
}

run "n3_n5_compute_tier_reaches_storage_and_endpoints" {
  command = plan

  variables {
    storage_ports       = [5432, 6379]
    nat                 = "none"
    interface_endpoints = ["ecr.api", "ecr.dkr", "logs", "secretsmanager"]
  }

  assert {
    condition = {
      for name, rule in aws_network_acl_rule.this : name => join(" ", compact([
        rule.rule_number,
        rule.rule_action,
        rule.protocol,
        rule.protocol == "tcp" ? "${rule.from_port}-${rule.to_port}" : "",
        rule.protocol == "icmp" ? "${rule.icmp_type}/${rule.icmp_code}" : "",
        rule.egress ? "to" : "from",
        rule.cidr_block,
      ])) if startswith(name, "compute_")
      } == {
      compute_in_answers                  = "200 allow tcp 3390-65535 from 0.0.0.0/0"
      compute_in_https_from_compute       = "120 allow tcp 443-443 from 10.20.0.0/17"
      compute_in_low_answers              = "205 allow tcp 1024-3388 from 0.0.0.0/0"
      compute_in_service_from_compute     = "110 allow tcp 8080-8080 from 10.20.0.0/17"
      compute_in_service_from_nobody_else = "190 deny tcp 8080-8080 from 0.0.0.0/0"
      compute_in_service_from_public      = "100 allow tcp 8080-8080 from 10.20.128.0/21"
      compute_in_too_large                = "210 allow icmp 3/4 from 0.0.0.0/0"
      compute_out_answers_to_compute      = "140 allow tcp 1024-65535 to 10.20.0.0/17"
      compute_out_answers_to_public       = "100 allow tcp 1024-65535 to 10.20.128.0/21"
      compute_out_http_to_public          = "110 allow tcp 80-80 to 10.20.128.0/21"
      compute_out_https_to_compute        = "130 allow tcp 443-443 to 10.20.0.0/17"
      compute_out_https_to_public         = "120 allow tcp 443-443 to 10.20.128.0/21"
      compute_out_nothing_else_to_compute = "32110 deny -1 to 10.20.0.0/17"
      compute_out_nothing_else_to_public  = "32100 deny -1 to 10.20.128.0/21"
      compute_out_nothing_else_to_storage = "32120 deny -1 to 10.20.136.0/21"
      compute_out_storage_5432            = "6432 allow tcp 5432-5432 to 10.20.136.0/21"
      compute_out_storage_6379            = "7379 allow tcp 6379-6379 to 10.20.136.0/21"
      compute_out_to_internet             = "32200 allow tcp 443-443 to 0.0.0.0/0"
    }
    error_message = "the compute tier has other rules"
  }
}

run "n5_compute_tier_of_kubernetes_is_open_within" {
  command = plan

  variables {
    kubernetes = true
  }

  assert {
    condition = {
      for name, rule in aws_network_acl_rule.this : name => join(" ", compact([
        rule.rule_number,
        rule.rule_action,
        rule.protocol,
        rule.protocol == "tcp" ? "${rule.from_port}-${rule.to_port}" : "",
        rule.protocol == "icmp" ? "${rule.icmp_type}/${rule.icmp_code}" : "",
        rule.egress ? "to" : "from",
        rule.cidr_block,
      ])) if startswith(name, "compute_")
      } == {
      compute_in_all_from_compute         = "130 allow -1 from 10.20.0.0/17"
      compute_in_answers                  = "200 allow tcp 3390-65535 from 0.0.0.0/0"
      compute_in_low_answers              = "205 allow tcp 1024-3388 from 0.0.0.0/0"
      compute_in_service_from_compute     = "110 allow tcp 8080-8080 from 10.20.0.0/17"
      compute_in_service_from_public      = "100 allow tcp 8080-8080 from 10.20.128.0/21"
      compute_in_too_large                = "210 allow icmp 3/4 from 0.0.0.0/0"
      compute_out_all_to_compute          = "150 allow -1 to 10.20.0.0/17"
      compute_out_answers_to_compute      = "140 allow tcp 1024-65535 to 10.20.0.0/17"
      compute_out_answers_to_public       = "100 allow tcp 1024-65535 to 10.20.128.0/21"
      compute_out_http_to_public          = "110 allow tcp 80-80 to 10.20.128.0/21"
      compute_out_https_to_compute        = "130 allow tcp 443-443 to 10.20.0.0/17"
      compute_out_https_to_public         = "120 allow tcp 443-443 to 10.20.128.0/21"
      compute_out_nothing_else_to_compute = "32110 deny -1 to 10.20.0.0/17"
      compute_out_nothing_else_to_public  = "32100 deny -1 to 10.20.128.0/21"
      compute_out_nothing_else_to_storage = "32120 deny -1 to 10.20.136.0/21"
      compute_out_to_internet             = "32200 allow tcp 0-65535 to 0.0.0.0/0"
    }
    error_message = "the compute tier has other rules"
  }
}

run "n4_storage_tier_takes_compute_on_its_ports_only" {
  command = plan

  variables {
    storage_ports = [6379, 5432]
  }

  assert {
    condition = {
      for name, rule in aws_network_acl_rule.this : name => join(" ", compact([
        rule.rule_number,
        rule.rule_action,
        rule.protocol,
        rule.protocol == "tcp" ? "${rule.from_port}-${rule.to_port}" : "",
        rule.protocol == "icmp" ? "${rule.icmp_type}/${rule.icmp_code}" : "",
        rule.egress ? "to" : "from",
        rule.cidr_block,
      ])) if startswith(name, "storage_")
      } == {
      storage_in_storage_5432 = "6432 allow tcp 5432-5432 from 10.20.0.0/17"
      storage_in_storage_6379 = "7379 allow tcp 6379-6379 from 10.20.0.0/17"
      storage_out_answers     = "100 allow tcp 1024-65535 to 10.20.0.0/17"
    }
    error_message = "the storage tier has other rules"
  }
}

run "n5_the_service_port_is_the_one_given" {
  command = plan

  variables {
    service_port = 4000
  }

  assert {
    condition     = toset([for name, rule in aws_network_acl_rule.this : "${rule.from_port}-${rule.to_port}" if strcontains(name, "service_from") || name == "public_out_service"]) == toset(["4000-4000"])
    error_message = "a rule names another port"
  }
}

run "n5_no_two_rules_share_a_number" {
  command = plan

  variables {
    storage_ports       = [1, 99, 5432, 31000]
    interface_endpoints = ["logs"]
    kubernetes          = true
  }

  assert {
    condition     = length(distinct([for name, rule in aws_network_acl_rule.this : "${split("_", name)[0]} ${rule.egress} ${rule.rule_number}"])) == length(aws_network_acl_rule.this)
    error_message = "two rules of one tier and direction share a number"
  }

  assert {
    condition     = alltrue([for name, rule in aws_network_acl_rule.this : rule.rule_number >= 1 && rule.rule_number <= 32766])
    error_message = "a number lies outside what AWS accepts"
  }
}

run "n5_ten_storage_ports_stay_within_the_quota" {
  command = plan

  variables {
    storage_ports       = range(6000, 6010)
    interface_endpoints = ["logs"]
    kubernetes          = true
  }

  assert {
    condition     = alltrue([for tier in ["public", "compute", "storage"] : alltrue([for egress in [true, false] : length([for name, rule in aws_network_acl_rule.this : name if startswith(name, "${tier}_") && rule.egress == egress]) <= 20])])
    error_message = "a tier has more than 20 rules in one direction"
  }
}
