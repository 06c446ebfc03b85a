//go:build validate

package e2e_test

import (
	"os"
	"testing"

	"github.com/groundplan/groundplan/e2e/emulator"
	labenvironment "github.com/groundplan/groundplan/e2e/lab/environment"
	"github.com/groundplan/groundplan/modules"
)

// everythingByOpenTofu reports whether OpenTofu is to do what Terraform does otherwise, as `make opentofu` asks.
func everythingByOpenTofu() bool { return os.Getenv("OPENTOFU_ALL") != "" }

// tellingModules are the ones whose tests OpenTofu always runs, four times slower than Terraform: one whose tests are in a second
// file for it, one with mocks, and one that opens an ephemeral password and writes it where nothing keeps it.
var tellingModules = []string{"generated-secret", "secret", "topic"}

// TestOpenTofuModules runs modules' own tests with OpenTofu.
func TestOpenTofuModules(t *testing.T) {
	cloud := startEmulator(t, account)
	names := tellingModules
	if everythingByOpenTofu() {
		names = modules.Names()
	}
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			testModule(t, cloud, emulator.OpenTofuEngine, name)
		})
	}
}

// TestOpenTofuApply is the whole life of an environment under OpenTofu: applied to an empty account, planned again without a
// change, without a secret's value in state or plan, and destroyed.
func TestOpenTofuApply(t *testing.T) {
	t.Parallel()
	d := prepareWith(t, labenvironment.Options{Fixture: "hello", Settings: labenvironment.Trial, OpenTofu: true})
	d.searchForSecrets(t)
	d.destroy(t)
}
