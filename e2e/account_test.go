//go:build validate

package e2e_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/groundplan/groundplan/e2e/emulator"
)

// TestE2_PlatformStaysInItsAccount takes the part of a platform that is about its account, and plans it in the account of its
// first apply and in another one, by both engines: the settings of the environment name none.
func TestE2_PlatformStaysInItsAccount(t *testing.T) {
	for name, engine := range map[string]emulator.Engine{"terraform": emulator.TerraformEngine, "opentofu": emulator.OpenTofuEngine} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			if err := os.Mkdir(filepath.Join(folder, "tests"), 0o755); err != nil {
				t.Fatal(err)
			}
			for _, file := range []string{"providers.tf", "terraform.tf"} {
				content, err := os.ReadFile(filepath.Join(repository, "golden/hello/infra/production/platform", file))
				if err != nil {
					t.Fatal(err)
				}
				writeText(t, filepath.Join(folder, file), string(content))
			}
			writeText(t, filepath.Join(folder, "tests/account.tftest.hcl"), `mock_provider "aws" {}

run "the_first_apply" {
  override_data {
    target = data.aws_caller_identity.current
    values = { account_id = "111111111111" }
  }

  assert {
    condition     = terraform_data.account.output == "111111111111"
    error_message = "the account is not in the state: ${terraform_data.account.output}"
  }
}

run "another_account" {
  command = plan

  override_data {
    target = data.aws_caller_identity.current
    values = { account_id = "222222222222" }
  }

  expect_failures = [terraform_data.account]
}

run "the_same_account" {
  command = plan

  override_data {
    target = data.aws_caller_identity.current
    values = { account_id = "111111111111" }
  }

  assert {
    condition     = terraform_data.account.output == "111111111111"
    error_message = "another apply forgets the account"
  }
}
`)
			if passed := runTests(t, newEngine(t, engine, folder, emulator.Environment("http://127.0.0.1:1")), "tests"); passed != 3 {
				t.Errorf("%d of 3 runs passed", passed)
			}
		})
	}
}
