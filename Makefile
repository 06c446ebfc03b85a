# Two commands matter on a new machine: `make demo` shows what groundplan writes, `make test` proves everything.
# Only Go is needed for demo, build and unit; tools/setup finds or installs the rest into .tools/.

SHELL       := bash
.SHELLFLAGS := -euo pipefail -c
export CGO_ENABLED := 0

# tools/test names a file in TEST_EVENTS, and every layer adds the events of its tests, from which its last table is made.
GO_TEST := $(if $(TEST_EVENTS),go run ./tools/promises test $(TEST_EVENTS),go test)

# Test files that define an -update flag, as package paths.
UPDATABLE = $$(grep -rlE 'flag\.Bool\("update"' --include='*_test.go' . | xargs -n1 dirname | sort -u)

.PHONY: demo test build unit release lint fix modules validate lab scan fuzz bench race update schemas plans opentofu lowest clean

demo: ## generate Terraform for a fixture application and show it
	@tools/demo

test: ## everything, with the promises and a summary at the end
	@tools/test setup lint unit release fuzz modules validate lab scan

build:
	go build -trimpath -o bin/ ./cmd/...

unit: ## what needs nothing but Go
	$(GO_TEST) ./...

release: setup ## what a release is made of: six targets, Windows' separators, image, action, hooks, completion, manual
	$(GO_TEST) -tags validate -count=1 -timeout 20m -v ./e2e/release

lint: setup ## what fix would change, and what it cannot
	@tools/lint check

fix: setup ## formatting
	@tools/lint fix

modules: setup ## terraform test of every module
	$(GO_TEST) -tags validate -count=1 -timeout 30m -run '^TestModules' -v ./e2e

validate: setup ## init, validate and plan of every golden stack against the emulator, some with OpenTofu
	@tools/opentofu
	$(GO_TEST) -tags validate -count=1 -timeout 45m -skip '^Test(Modules|Scan|Lab)' -v ./e2e ./e2e/provider

lab: setup ## applications as processes: task definitions, network, databases, load balancer; as root
	$(GO_TEST) -tags validate -count=1 -timeout 30m -v ./e2e/lab/...
	$(GO_TEST) -tags validate -count=1 -timeout 60m -run '^TestLab' -v ./e2e

scan: setup ## checkov, tfsec and tflint, compared with e2e/waivers.hcl
	$(GO_TEST) -tags validate -count=1 -timeout 20m -run '^TestScan' -v ./e2e

opentofu: setup ## every golden stack and every module's tests with OpenTofu, which make test does with some
	@tools/opentofu
	OPENTOFU_ALL=1 go test -tags validate -count=1 -timeout 60m -run '^Test(OpenTofu|Validate$$)' -v ./e2e

lowest: setup ## what make test does with the newest OpenTofu, with the lowest one that generated code admits
	@tools/opentofu lowest
	OPENTOFU_LOWEST=1 go test -tags validate -count=1 -timeout 30m -run '^TestOpenTofu|^TestValidate$$/^(files|gauges|reach-typescript|sessions|shop|shop-typescript|webshop)$$/^(staging|strict)$$' -v ./e2e

fuzz: ## every fuzz target for a few seconds
	@tools/fuzz $(or $(SECONDS_EACH),5)

bench:
	go test -run '^$$' -bench . -benchmem ./...

race: ## needs a C compiler
	CGO_ENABLED=1 go test -race ./...

update: ## record golden output, scripts and tables anew
	go test $(UPDATABLE) -update

schemas: setup ## record what the provider has of the types in use, of both major versions; asks the npm registry
	go run ./e2e/provider/record

plans: setup ## record the plans that tests read, by the real terraform against the emulator
	go run ./e2e/plans

setup: ## terraform, the provider, the emulator, scanners and linters into .tools/
	@tools/setup

clean:
	rm -rf bin .tools
