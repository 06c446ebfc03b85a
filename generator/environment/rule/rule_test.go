package rule

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// TestRegionsHaveCertificates holds the list of regions to the certificates that the database modules carry.
func TestRegionsHaveCertificates(t *testing.T) {
	for _, module := range []string{"database-server", "database-cluster"} {
		entries, err := os.ReadDir("../../../modules/" + module + "/certificates")
		if err != nil {
			t.Fatal(err)
		}
		var have []string
		for _, entry := range entries {
			if region, ok := strings.CutSuffix(entry.Name(), ".pem"); ok {
				have = append(have, region)
			}
		}
		if !slices.Equal(have, Regions) {
			t.Errorf("%s has certificates of %v\nbut the regions are %v", module, have, Regions)
		}
	}
}

// TestE3_LimitsAreMetExactly: the last value that AWS, or the rule of a name, allows passes; the first beyond it does
// not.
func TestE3_LimitsAreMetExactly(t *testing.T) {
	letters := func(n int) string { return strings.Repeat("a", n) }
	text := func(check func(string) Fault) func(any) Fault {
		return func(v any) Fault { return check(v.(string)) }
	}
	number := func(check func(int) Fault) func(any) Fault { return func(v any) Fault { return check(v.(int)) } }
	for _, test := range []struct {
		name        string
		check       func(any) Fault
		fits, wrong []any
	}{
		{"application", text(IsAppName), []any{"a", letters(40), "a-1-b"}, []any{"", letters(41), "1a", "a-", "-a", "a--b", "A", "a_b", "a.b"}},
		{"environment", text(IsEnvironmentName), []any{letters(24), "prod-2"}, []any{letters(25), "modules", "con", "lpt1", "Prod"}},
		{"IAM path", text(IsIAMPath), []any{"/", "/a/", "/" + letters(510) + "/"}, []any{"", "/a", "a/", "//", "/" + letters(511) + "/", "/a b/", "/aws-service-role/a/", "/aws-reserved/"}},
		{"range", text(IsVPCRange), []any{"10.0.0.0/16", "10.0.32.0/19", "172.16.0.0/16", "192.168.0.0/16", "100.64.0.0/16", "100.127.0.0/16"},
			[]any{"10.0.0.0/15", "10.0.0.0/20", "100.63.0.0/16", "100.128.0.0/16", "11.0.0.0/16", "10.1.0.0", "fd00::/17", "10.0.0.1/16"}},
		{"retention", number(IsRetention), []any{1, 3, 30, 3653}, []any{0, 2, -1, 3654}},
		{"recovery", number(IsRecoveryWindow), []any{0, 7, 30}, []any{1, 6, 31, -1}},
		{"cpu", number(IsCPU), []any{256, 16384}, []any{0, 128, 32768}},
		{"bucket", text(IsBucketName), []any{"abc", letters(63), "a-1"},
			[]any{"ab", letters(64), "-ab", "ab-", "a.b", "Abc", "xn--abc", "sthree-abc", "amzn-s3-demo-abc", "abc-s3alias", "abc--ol-s3", "abc--x-s3", "abc--table-s3"}},
		{"account", text(IsAccountID), []any{"000000000000"}, []any{"12345678901", "1234567890123", " 123456789012", "12345678901a"}},
		{"domain", text(IsDomain), []any{"a.io", letters(63) + ".example.com", "xn--bcher-kva.example", "api.xn--p1ai", strings.Repeat("a.", 125) + "com"},
			[]any{"example", letters(64) + ".example.com", "Example.com", "-a.com", "a-.com", "a..com", "https://a.com", "a.com/", "a.com.", "a.c", "*.a.com", "a_b.com", "bücher.example", "a.c0m", strings.Repeat("a.", 126) + "com"}},
		{"certified domain", text(IsCertifiable), []any{"a.io", "local.example.com", "amazonaws.com.example.com"},
			[]any{"shop.local", "shop.internal", "a.b.test", "shop.localhost", "home.arpa", "shop.lan", "amazonaws.com", "x.elb.amazonaws.com", "d1.cloudfront.net"}},
		{"zone", text(IsHostedZoneID), []any{"Z1", "Z" + strings.Repeat("A", 31)}, []any{"Z", "Z" + strings.Repeat("A", 32), "z1", "A1"}},
		{"image", text(isImage), []any{"a.example/b:1", "localhost:5000/a/b@sha256:" + strings.Repeat("0", 64), "a.example/b:" + letters(128)},
			[]any{"a:1", "a.example/b", "a.example/b:", "a.example/b@sha256:" + strings.Repeat("0", 63), "a.example/B:1", "a.example/b:" + letters(129)}},
		{"policy", text(IsPolicyARN), []any{"arn:aws:iam::123456789012:policy/a", "arn:aws:iam::aws:policy/a", "arn:aws-cn:iam::123456789012:policy/p/a"}, []any{"arn:aws:iam::123456789012:role/a", "arn:aws:iam::1:policy/a", "arn:aws:iam::123456789012:policy/"}},
		{"role", text(isRoleARN), []any{"arn:aws:iam::123456789012:role/a"}, []any{"arn:aws:iam::aws:role/a", "arn:aws:iam::123456789012:policy/a", "arn:aws:iam::123456789012:role/"}},
		{"prefix", text(IsKeyPrefix), []any{"a", "a/b/c"}, []any{"", "/a", "a/", "a//b"}},
		{"version", text(IsPostgresVersion), []any{"15", "18", "17.9", "16.13"}, []any{"14", "19", "18.", "18.1.2", "17-9", ""}},
		{"class", text(IsInstanceClass), []any{"db.m5.large", "db.t4g.medium"}, []any{"m5.large", "db.m5", "db.5m.large", "db.m5.large.x"}},
		{"zones", func(v any) Fault { return AreZones(v.([]string)) }, []any{[]string{"a", "h"}, []string{"c", "a", "b"}}, []any{[]string{"a"}, []string{}, []string{"a", "i"}, []string{"a", "A"}, []string{"a", "`"}, []string{"a", "bb"}, []string{"a", ""}, []string{"a", "b", "a"}}},
		{"ports", func(v any) Fault { return ArePorts(v.([]int)) }, []any{[]int{1, 65535}, []int{}}, []any{[]int{0}, []int{65536}, []int{-1}, []int{1, 2, 1}}},
		{"endpoints", func(v any) Fault { return AreEndpoints(v.([]string)) }, []any{[]string{"kms", "sts"}, []string{}}, []any{[]string{"s3"}, []string{""}, []string{"kms", "kms"}}},
		{"roles", func(v any) Fault { return AreRoleARNs(v.([]string)) }, []any{[]string{"arn:aws:iam::123456789012:role/a"}}, []any{[]string{"arn:aws:iam::123456789012:role/a", "arn:aws:iam::123456789012:role/a"}, []string{"arn:aws:iam::123456789012:role/a", "x"}}},
		{"names", func(v any) Fault { return AreDistinct(v.([]string)) }, []any{[]string{"a", "b"}, []string{}}, []any{[]string{"a", ""}, []string{"a", "b", "a"}}},
		{"capacity", func(v any) Fault { return IsCapacity(0)(v.(float64)) }, []any{0.0, 0.5, 256.0}, []any{-0.5, 0.25, 256.5}},
		{"capacity at most", func(v any) Fault { return IsCapacity(1)(v.(float64)) }, []any{1.0, 1.5}, []any{0.5, 0.0}},
		{"between", func(v any) Fault { return Within(3, 5, "days")(v.(int)) }, []any{3, 5}, []any{2, 6}},
	} {
		for _, value := range test.fits {
			if bad := test.check(value); bad != Fine {
				t.Errorf("%s: %q is refused: %s", test.name, value, bad.Detail)
			}
		}
		for _, value := range test.wrong {
			bad := test.check(value)
			if bad == Fine {
				t.Errorf("%s: %q is let through", test.name, value)
			} else if !strings.HasSuffix(bad.Detail, ".") || bad.Hint == "" {
				t.Errorf("%s: %q is no sentence with a remedy", test.name, bad)
			}
		}
	}
}

// TestE1_FargateSizes holds every pair of CPU and memory against the table in AWS's documentation of task sizes, written
// down here a second time.
func TestE1_FargateSizes(t *testing.T) {
	allowed := map[int][]int{256: {512, 1024, 2048}}
	for cpu, span := range map[int][3]int{512: {1, 4, 1}, 1024: {2, 8, 1}, 2048: {4, 16, 1}, 4096: {8, 30, 1}, 8192: {16, 60, 4}, 16384: {32, 120, 8}} {
		for gib := span[0]; gib <= span[1]; gib += span[2] {
			allowed[cpu] = append(allowed[cpu], gib*1024)
		}
	}
	for _, cpu := range fargateCPU {
		for memory := 256; memory <= 131072; memory += 256 {
			want := false
			for _, size := range allowed[cpu] {
				want = want || size == memory
			}
			if got := FitsFargate(cpu, memory) == Fine; got != want {
				t.Errorf("%d CPU units with %d MiB: %v, want %v", cpu, memory, got, want)
			}
		}
	}
	if len(fargateCPU) != len(allowed) || len(fargateMemory) != len(allowed) {
		t.Error("there are other sizes")
	}
}
