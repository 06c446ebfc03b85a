package quota

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/diagnostic"
)

// summaryOf is what diagnostics say, one a line.
func summaryOf(diags hcl.Diagnostics) string {
	var lines []string
	for _, d := range diags {
		lines = append(lines, d.Summary+": "+diagnostic.Text(d))
	}
	return strings.Join(lines, "\n")
}

func limitsOf(t *testing.T, entries ...string) *Limits {
	t.Helper()
	limits, err := ReadLimits(strings.NewReader(`{"Quotas":[` + strings.Join(entries, ",") + `]}`))
	if err != nil {
		t.Fatal(err)
	}
	return limits
}

func quotaEntry(service, code, name, arn string, value float64) string {
	return fmt.Sprintf(`{"ServiceCode":%q,"ServiceName":"x","QuotaArn":%q,"QuotaCode":%q,"QuotaName":%q,"Value":%v,"Adjustable":true,"GlobalQuota":false}`, service, arn, code, name, value)
}

func needing(name, region, account string, needs ...Need) Environment {
	return Environment{Name: name, Region: region, Account: account, Needs: needs}
}

// tables are the rows of the tables of quotas, as they are written: the one here, and those of what runs workloads.
func tables(t *testing.T) []string {
	t.Helper()
	others, err := filepath.Glob("../compute/*.go")
	if err != nil {
		t.Fatal(err)
	}
	var rows []string
	for _, file := range append(others, "table.go") {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, regexp.MustCompile(`Quota\{Service: .*\}`).FindAllString(string(text), -1)...)
	}
	if len(rows) < 30 {
		t.Fatalf("%d rows", len(rows))
	}
	return rows
}

// TestE3_QuotasAreThoseOfServiceQuotas: a code that is mistyped would ask for the wrong quota.
func TestE3_QuotasAreThoseOfServiceQuotas(t *testing.T) {
	seen := map[string]bool{}
	row := regexp.MustCompile(`^Quota\{Service: "\w+", (?:Code: "(L-[0-9A-F]{8})", )?Name: "[^"]+", Default: [1-9][0-9]*(?:, Young: [1-9][0-9]*)?(?:, (?:Each|Global|Fixed): [^,]+)*\}$`)
	for _, text := range tables(t) {
		parts := row.FindStringSubmatch(text)
		if parts == nil || parts[1] != "" && seen[parts[1]] {
			t.Errorf("%s", text)
			continue
		}
		seen[parts[1]] = true
	}
}

// TestE3_QuotasAreShared: environments of one account and region share what it has; what a quota holds of one resource is
// nobody else's.
func TestE3_QuotasAreShared(t *testing.T) {
	vpc, rules := Need{Quota: vpcs, Value: 2, What: "two"}, Need{Quota: groupRules, Value: 40, What: "forty"}
	for _, test := range []struct {
		name         string
		environments []Environment
		want         string // "" for nothing
	}{
		{"three that fit two by two", []Environment{needing("a", "r", "1", vpc), needing("b", "r", "1", vpc)}, ""},
		{"three together", []Environment{needing("a", "r", "1", vpc), needing("b", "r", "1", vpc), needing("c", "r", "1", vpc)}, "Quota too small: VPCs per Region: In r, the environments a, b, c need together 6: a: two; b: two; c: two. Of \"VPCs per Region\" (L-F678F1CE) an account starts with 5."},
		{"one in another region", []Environment{needing("a", "r", "1", vpc), needing("b", "r", "1", vpc), needing("c", "s", "1", vpc)}, ""},
		{"one in another account", []Environment{needing("a", "r", "1", vpc), needing("b", "r", "1", vpc), needing("c", "r", "2", vpc)}, ""},
		{"rules of two groups", []Environment{needing("a", "r", "1", rules), needing("b", "r", "1", rules)}, ""},
	} {
		if got := summaryOf(Check(test.environments, nil)); !strings.HasPrefix(got, test.want) || (test.want == "") != (got == "") {
			t.Errorf("%s: %s", test.name, got)
		}
	}
	everywhere := Need{Quota: roles, Value: 600, What: "roles"}
	if got := summaryOf(Check([]Environment{needing("a", "r", "1", everywhere), needing("b", "s", "1", everywhere)}, nil)); strings.Count(got, "Quota too small") != 1 || !strings.Contains(got, "need together 1200") || !strings.Contains(got, " --region us-east-1 --service-code iam ") {
		t.Errorf("what an account has once: %s", got)
	}
}

// TestE3_QuotasOfAnAccount: the file's values hold of the region and account they name, by code or by name, and stand
// before AWS's defaults in both directions.
func TestE3_QuotasOfAnAccount(t *testing.T) {
	virtualCPUs := Quota{Service: "fargate", Code: "L-3032A538", Name: "Fargate On-Demand vCPU resource count", Default: 6, Young: 6}
	cpu := Need{Quota: virtualCPUs, Value: 8, Peak: 40, What: "4 run", Lower: "set cpu = 256"}
	const arn = "arn:aws:servicequotas:eu-west-1:123456789012:fargate/L-3032A538"
	for _, test := range []struct {
		name   string
		limits *Limits
		want   string
	}{
		{"no file: what AWS raises by itself is not warned of", nil, ""},
		{"less", limitsOf(t, quotaEntry("fargate", "L-3032A538", "", arn, 6)), "Quota too small: Fargate On-Demand vCPU resource count: In eu-west-1, environment \"a\" needs 8: 4 run. Of \"Fargate On-Demand vCPU resource count\" (L-3032A538) the account has 6.\nhint: set cpu = 256\nhint: or ask for more, which costs nothing and takes a while: aws service-quotas request-service-quota-increase --region eu-west-1 --service-code fargate --quota-code L-3032A538 --desired-value 8"},
		{"enough to run, not to scale", limitsOf(t, quotaEntry("fargate", "L-3032A538", "", arn, 8)), "Quota that ends scaling: Fargate On-Demand vCPU resource count: In eu-west-1, environment \"a\" needs up to 40 when everything has scaled out"},
		{"enough", limitsOf(t, quotaEntry("fargate", "L-3032A538", "", arn, 40)), ""},
		{"of another region", limitsOf(t, quotaEntry("fargate", "L-3032A538", "", strings.Replace(arn, "eu-west-1", "us-east-1", 1), 6)), ""},
		{"of another account", limitsOf(t, quotaEntry("fargate", "L-3032A538", "", strings.Replace(arn, "123456789012", "210987654321", 1), 6)), ""},
		{"of another service", limitsOf(t, quotaEntry("ecs", "L-3032A538", "", arn, 6)), ""},
		{"without an ARN", limitsOf(t, quotaEntry("fargate", "L-3032A538", "", "", 6)), "Quota too small"},
	} {
		if got := summaryOf(Check([]Environment{needing("a", "eu-west-1", "123456789012", cpu)}, test.limits)); !strings.HasPrefix(got, test.want) || (test.want == "") != (got == "") {
			t.Errorf("%s: %s", test.name, got)
		}
	}
	nodes := Need{Quota: cacheNodes, Value: 3, What: "nodes"}
	if got := summaryOf(Check([]Environment{needing("a", "r", "", nodes)}, limitsOf(t, quotaEntry("elasticache", "L-00000000", "Nodes per Region", "", 2)))); !strings.Contains(got, "the account has 2") || strings.Contains(got, "request-service-quota-increase") {
		t.Errorf("by name: %s", got)
	}
	d := Check([]Environment{needing("a", "r", "", Need{Quota: targetGroups, Value: 101, What: "groups"})}, nil)
	if len(d) != 1 || d[0].Severity != hcl.DiagError || strings.Contains(diagnostic.Text(d[0]), "request-service-quota-increase") {
		t.Errorf("what AWS does not raise: %v", d)
	}
}

// TestE3_EveryQuotaIsAskedFor: the command line that makes a file of limits names the service of each quota in the table, those
// that an account has once in the region that knows them.
func TestE3_EveryQuotaIsAskedFor(t *testing.T) {
	regional, global, found := strings.Cut(Ask, "done; for service in")
	if !found || !strings.Contains(global, "--region us-east-1") {
		t.Fatalf("%s", Ask)
	}
	for _, row := range tables(t) {
		service := regexp.MustCompile(`Service: "(\w+)"`).FindStringSubmatch(row)[1]
		part := regional
		if strings.Contains(row, "Global: true") {
			part = global
		}
		if !regexp.MustCompile(`[ ]` + service + `[ ;]`).MatchString(part) {
			t.Errorf("nobody asks for %s", row)
		}
	}
}

// TestE3_LimitsFiles: several answers in one file are one after the other, as a loop over services leaves them.
func TestE3_LimitsFiles(t *testing.T) {
	two := `{"Quotas":[` + quotaEntry("vpc", "L-F678F1CE", "", "", 7) + "]}\n{\n \"Quotas\": [" + quotaEntry("ec2", "L-0263D0A3", "", "", 9) + "]}\n"
	limits, err := ReadLimits(strings.NewReader(two))
	if err != nil {
		t.Fatal(err)
	}
	for q, want := range map[Quota]float64{vpcs: 7, addresses: 9} {
		if got, known := limits.value(q, "r", ""); got != want || !known {
			t.Errorf("%s: %v", q.Name, got)
		}
	}
	for _, text := range []string{"", "x", "{}", "[]", `{"Quotas":[]}`, `{"Quotas":[{"ServiceCode":"vpc"}]}`, `{"Quotas":`} {
		if _, err := ReadLimits(strings.NewReader(text)); err == nil {
			t.Errorf("%q is taken for limits", text)
		}
	}
}
