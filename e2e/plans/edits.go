package main

// smallStack is a small one under terraform/guard/testdata/stacks.
type smallStack struct {
	name  string
	edits []stackEdit
}

// stackEdit is something that somebody does to a stack that was applied.
type stackEdit struct {
	name    string
	changes []replacement
	// arguments are more of them for the plan.
	arguments []string
}

// replacement is a text in the stack for another one, or in a file of a module.
type replacement struct{ file, old, new string }

const otherKey = `"arn:aws:kms:us-east-1:123456789012:key/0f1e2d3c-0000-4000-8000-000000000000"`

// in is one text for another in the stack.
func in(old, new string) []replacement { return []replacement{{"", old, new}} }

var stacks = []smallStack{
	{"messages", []stackEdit{
		{name: "harmless", changes: []replacement{
			{"", "max_receive_count  = 6", "max_receive_count  = 6\n  age_alarm_seconds  = 900"},
			{"", "expiration_days = 30", "expiration_days = 60"},
			{"", "pull_role_arns = [\"arn:aws:iam::123456789012:role/small-*-execution\"]", "pull_role_arns = [\"arn:aws:iam::123456789012:role/small-orders-execution\"]"},
		}},
		{name: "queue-longer", changes: []replacement{
			{"", "visibility_seconds = 30", "visibility_seconds = 60"},
			{"", "retention_seconds  = 604800", "retention_seconds  = 1209600"},
		}},
		{name: "topic-opened", changes: in("publisher_account_ids = []", `publisher_account_ids = ["210987654321"]`)},
		{name: "queue-renamed", changes: in(`"small-order-placed-book"`, `"small-order-placed-ledger"`)},
		{name: "queue-everybody", changes: []replacement{
			{"subscription/main.tf", "      type        = \"Service\"\n      identifiers = [\"sns.amazonaws.com\"]", "      type        = \"*\"\n      identifiers = [\"*\"]"},
			{"subscription/main.tf", "      test     = \"ArnEquals\"\n      variable = \"aws:SourceArn\"\n      values   = [var.topic_arn]", "      test     = \"Bool\"\n      variable = \"aws:SecureTransport\"\n      values   = [\"true\"]"},
		}},
		{name: "queue-shorter", changes: in("retention_seconds  = 604800", "retention_seconds  = 3600")},
		{name: "bucket-public", changes: []replacement{{"bucket/main.tf", "block_public_policy     = true", "block_public_policy     = false"}}},
		{name: "bucket-expires", changes: in("expiration_days = 30", "expiration_days = 7")},
		{name: "bucket-unversioned", changes: in("versioned = true", "versioned = false")},
		{name: "bucket-gone", changes: in(`module "bucket_invoices" {
  source = "../modules/bucket"

  name      = "small-invoices"
  key_arn   = module.key.arn
  versioned = true

  lifecycle_rules = {
    drafts = {
      prefix          = "drafts/"
      expiration_days = 30
    }
  }
}
`, "")},
		{name: "bucket-moved", changes: []replacement{
			{"", `module "bucket_invoices"`, `module "bucket_bills"`},
			{"", `module "registry"`, "moved {\n  from = module.bucket_invoices\n  to   = module.bucket_bills\n}\n\nmodule \"registry\""},
		}},
		{name: "secret-forgotten", changes: in(`module "secret_stripe_key" {
  source = "../modules/secret"

  name        = "small/StripeKey"
  description = "Secret StripeKey"
  key_arn     = module.key.arn
}
`, `removed {
  from = module.secret_stripe_key

  lifecycle {
    destroy = false
  }
}
`)},
		{name: "key-window", changes: in("deletion_window_days = 30", "deletion_window_days = 7")},
		{name: "another-key", changes: in("  key_arn            = module.key.arn", "  key_arn            = "+otherKey)},
		{name: "another-region", changes: in(`region              = "us-east-1"`, `region              = "eu-west-1"`), arguments: []string{"-refresh=false"}},
		{name: "destroy", arguments: []string{"-destroy"}},
	}},
	{"storage", []stackEdit{
		{name: "harmless", changes: []replacement{
			{"", `"db.t4g.medium"`, `"db.m6g.large"`},
			{"", "backup_retention_days = 7", "backup_retention_days = 14"},
			{"", "10.30.0.0/16", "10.31.0.0/16"},
			{"", "log_retention_days    = 30", "log_retention_days    = 90"},
		}},
		{name: "database-replaced", changes: in("  key_arn               = module.key.arn", "  key_arn               = "+otherKey)},
		{name: "database-careless", changes: []replacement{
			{"", "backup_retention_days = 7", "backup_retention_days = 1"},
			{"", "deletion_protection   = true", "deletion_protection   = false"},
			{"", "final_snapshot        = true", "final_snapshot        = false"},
		}},
		{name: "database-public", changes: []replacement{{"database-server/main.tf", "publicly_accessible    = false", "publicly_accessible    = true"}}},
		{name: "database-plain", changes: []replacement{{"database-server/main.tf", "name         = \"rds.force_ssl\"\n    value        = \"1\"", "name         = \"rds.force_ssl\"\n    value        = \"0\""}}},
		{name: "rule-open", changes: in("10.30.0.0/16", "0.0.0.0/0")},
		{name: "cache-renamed", changes: in(`"small-sessions"`, `"small-logins"`)},
		{name: "balancer-public", changes: []replacement{{"load-balancer/main.tf", "internal           = !local.public", "internal           = false"}}},
		{name: "logs-shorter", changes: in("log_retention_days    = 30", "log_retention_days    = 7")},
	}},
}
