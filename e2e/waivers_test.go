package e2e_test

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2/hclsimple"
)

// finding is what a scanner says about one resource.
type finding struct {
	Scanner  string
	Rule     string
	Resource string // "<folder>: <address>", the folder being a module's or a stack's name
}

func (f finding) String() string {
	return f.Scanner + " " + f.Rule + " " + f.Resource
}

// ruleWaiver is one block of waivers.hcl: a rule that these resources break on purpose, and why.
type ruleWaiver struct {
	Scanner   string   `hcl:"scanner,label"`
	Rule      string   `hcl:"rule,label"`
	Resources []string `hcl:"resources"`
	Reason    string   `hcl:"reason"`
}

func readWaivers(file string) ([]ruleWaiver, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var content struct {
		Waivers []ruleWaiver `hcl:"waiver,block"`
	}
	if err := hclsimple.Decode(file, text, nil, &content); err != nil {
		return nil, err
	}
	for _, waiver := range content.Waivers {
		if len(strings.Fields(waiver.Reason)) < 4 {
			return nil, fmt.Errorf("%s: waiver %s %s: the reason %q says nothing", file, waiver.Scanner, waiver.Rule, waiver.Reason)
		}
	}
	return content.Waivers, nil
}

// compareFindings returns the findings nobody waived and the waived ones that no scanner reports any more, both sorted.
// Only waivers of the scanner that ran are looked at.
func compareFindings(scanner string, findings []finding, waivers []ruleWaiver) (unexplained, stale []finding) {
	waived := map[finding]bool{} // -> whether it was found
	for _, waiver := range waivers {
		for _, resource := range waiver.Resources {
			if waiver.Scanner == scanner {
				waived[finding{waiver.Scanner, waiver.Rule, resource}] = false
			}
		}
	}
	for _, found := range findings {
		if _, explained := waived[found]; explained {
			waived[found] = true
		} else if !slices.Contains(unexplained, found) {
			unexplained = append(unexplained, found)
		}
	}
	for expected, found := range waived {
		if !found {
			stale = append(stale, expected)
		}
	}
	order := func(a, b finding) int { return cmp.Compare(a.String(), b.String()) }
	slices.SortFunc(unexplained, order)
	slices.SortFunc(stale, order)
	return unexplained, stale
}

// TestWaivers wants waivers.hcl to be readable, sorted, and to say each thing once.
func TestWaivers(t *testing.T) {
	waivers, err := readWaivers("waivers.hcl")
	if err != nil {
		t.Fatal(err)
	}
	if !slices.IsSortedFunc(waivers, func(a, b ruleWaiver) int {
		return cmp.Or(cmp.Compare(a.Scanner, b.Scanner), cmp.Compare(a.Rule, b.Rule))
	}) {
		t.Error("waivers.hcl is not sorted by scanner and rule")
	}
	seen := map[finding]bool{}
	for _, waiver := range waivers {
		if !slices.IsSorted(waiver.Resources) {
			t.Errorf("%s %s: the resources are not sorted", waiver.Scanner, waiver.Rule)
		}
		for _, resource := range waiver.Resources {
			waived := finding{waiver.Scanner, waiver.Rule, resource}
			if seen[waived] {
				t.Errorf("%s is waived twice", waived)
			}
			seen[waived] = true
		}
	}
}

func TestCompareFindings(t *testing.T) {
	bucket, balancer := finding{"checkov", "CKV_AWS_18", "logs: aws_s3_bucket.this"}, finding{"checkov", "CKV2_AWS_28", "balancer: aws_lb.this"}
	waivers := []ruleWaiver{{Scanner: "checkov", Rule: "CKV_AWS_18", Resources: []string{bucket.Resource}}, {Scanner: "tfsec", Rule: "x", Resources: []string{"y"}}}

	unexplained, stale := compareFindings("checkov", []finding{bucket, bucket}, waivers)
	if len(unexplained)+len(stale) > 0 {
		t.Errorf("explained findings: got %v and %v", unexplained, stale)
	}
	unexplained, stale = compareFindings("checkov", []finding{bucket, balancer}, waivers)
	if !slices.Equal(unexplained, []finding{balancer}) || stale != nil {
		t.Errorf("a new finding: got %v and %v", unexplained, stale)
	}
	unexplained, stale = compareFindings("checkov", nil, waivers)
	if unexplained != nil || !slices.Equal(stale, []finding{bucket}) {
		t.Errorf("a waiver that no longer applies: got %v and %v", unexplained, stale)
	}

	file := filepath.Join(t.TempDir(), "waivers.hcl")
	if err := os.WriteFile(file, []byte("waiver \"checkov\" \"X\" {\n  resources = [\"y\"]\n  reason = \"ok\"\n}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := readWaivers(file); err == nil {
		t.Error("a waiver without a real reason is accepted")
	}
}
