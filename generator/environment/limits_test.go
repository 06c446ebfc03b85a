package environment

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/groundplan/groundplan/generator/app"
)

// TestE3_LimitsAreMetExactly: the last value that AWS, or the rule of a name, allows passes; the first beyond it does
// not.
func TestE3_LimitsAreMetExactly(t *testing.T) {
	letters := func(n int) string { return strings.Repeat("a", n) }
	text := func(check func(string) fault) func(any) fault {
		return func(v any) fault { return check(v.(string)) }
	}
	number := func(check func(int) fault) func(any) fault { return func(v any) fault { return check(v.(int)) } }
	for _, test := range []struct {
		name        string
		check       func(any) fault
		fits, wrong []any
	}{
		{"application", text(isAppName), []any{"a", letters(40), "a-1-b"}, []any{"", letters(41), "1a", "a-", "-a", "a--b", "A", "a_b", "a.b"}},
		{"environment", text(isEnvironmentName), []any{letters(24), "prod-2"}, []any{letters(25), "modules", "Prod"}},
		{"IAM path", text(isIAMPath), []any{"/", "/a/", "/" + letters(510) + "/"}, []any{"", "/a", "a/", "//", "/" + letters(511) + "/", "/a b/", "/aws-service-role/a/", "/aws-reserved/"}},
		{"range", text(isVPCRange), []any{"10.0.0.0/16", "10.0.32.0/19", "172.16.0.0/16", "192.168.0.0/16", "100.64.0.0/16", "100.127.0.0/16"},
			[]any{"10.0.0.0/15", "10.0.0.0/20", "100.63.0.0/16", "100.128.0.0/16", "11.0.0.0/16", "10.1.0.0", "fd00::/17", "10.0.0.1/16"}},
		{"retention", number(isRetention), []any{1, 3, 30, 3653}, []any{0, 2, -1, 3654}},
		{"recovery", number(isRecoveryWindow), []any{0, 7, 30}, []any{1, 6, 31, -1}},
		{"cpu", number(isCPU), []any{256, 16384}, []any{0, 128, 32768}},
		{"bucket", text(isBucketName), []any{"abc", letters(63), "a-1"},
			[]any{"ab", letters(64), "-ab", "ab-", "a.b", "Abc", "xn--abc", "sthree-abc", "amzn-s3-demo-abc", "abc-s3alias", "abc--ol-s3", "abc--x-s3", "abc--table-s3"}},
		{"account", text(isAccountID), []any{"000000000000"}, []any{"12345678901", "1234567890123", " 123456789012", "12345678901a"}},
		{"domain", text(isDomain), []any{"a.io", letters(63) + ".example.com", "xn--bcher-kva.example", "api.xn--p1ai", strings.Repeat("a.", 125) + "com"},
			[]any{"example", letters(64) + ".example.com", "Example.com", "-a.com", "a-.com", "a..com", "https://a.com", "a.com/", "a.com.", "a.c", "*.a.com", "a_b.com", "bücher.example", "a.c0m", strings.Repeat("a.", 126) + "com"}},
		{"certified domain", text(isCertifiable), []any{"a.io", "local.example.com", "amazonaws.com.example.com"},
			[]any{"shop.local", "shop.internal", "a.b.test", "shop.localhost", "home.arpa", "shop.lan", "amazonaws.com", "x.elb.amazonaws.com", "d1.cloudfront.net"}},
		{"zone", text(isHostedZoneID), []any{"Z1", "Z" + strings.Repeat("A", 31)}, []any{"Z", "Z" + strings.Repeat("A", 32), "z1", "A1"}},
		{"image", text(isImage), []any{"a.example/b:1", "localhost:5000/a/b@sha256:" + strings.Repeat("0", 64), "a.example/b:" + letters(128)},
			[]any{"a:1", "a.example/b", "a.example/b:", "a.example/b@sha256:" + strings.Repeat("0", 63), "a.example/B:1", "a.example/b:" + letters(129)}},
		{"policy", text(isPolicyARN), []any{"arn:aws:iam::123456789012:policy/a", "arn:aws:iam::aws:policy/a", "arn:aws-cn:iam::123456789012:policy/p/a"}, []any{"arn:aws:iam::123456789012:role/a", "arn:aws:iam::1:policy/a", "arn:aws:iam::123456789012:policy/"}},
		{"role", text(isRoleARN), []any{"arn:aws:iam::123456789012:role/a"}, []any{"arn:aws:iam::aws:role/a", "arn:aws:iam::123456789012:policy/a", "arn:aws:iam::123456789012:role/"}},
		{"prefix", text(isKeyPrefix), []any{"a", "a/b/c"}, []any{"", "/a", "a/", "a//b"}},
		{"version", text(isPostgresVersion), []any{"15", "18", "17.9", "16.13"}, []any{"14", "19", "18.", "18.1.2", "17-9", ""}},
		{"class", text(isInstanceClass), []any{"db.m5.large", "db.t4g.medium"}, []any{"m5.large", "db.m5", "db.5m.large", "db.m5.large.x"}},
		{"zones", func(v any) fault { return areZones(v.([]string)) }, []any{[]string{"a", "h"}, []string{"c", "a", "b"}}, []any{[]string{"a"}, []string{}, []string{"a", "i"}, []string{"a", "A"}, []string{"a", "`"}, []string{"a", "bb"}, []string{"a", ""}, []string{"a", "b", "a"}}},
		{"ports", func(v any) fault { return arePorts(v.([]int)) }, []any{[]int{1, 65535}, []int{}}, []any{[]int{0}, []int{65536}, []int{-1}, []int{1, 2, 1}}},
		{"endpoints", func(v any) fault { return areEndpoints(v.([]string)) }, []any{[]string{"kms", "sts"}, []string{}}, []any{[]string{"s3"}, []string{""}, []string{"kms", "kms"}}},
		{"roles", func(v any) fault { return areRoleARNs(v.([]string)) }, []any{[]string{"arn:aws:iam::123456789012:role/a"}}, []any{[]string{"arn:aws:iam::123456789012:role/a", "arn:aws:iam::123456789012:role/a"}, []string{"arn:aws:iam::123456789012:role/a", "x"}}},
		{"names", func(v any) fault { return areDistinct(v.([]string)) }, []any{[]string{"a", "b"}, []string{}}, []any{[]string{"a", ""}, []string{"a", "b", "a"}}},
		{"capacity", func(v any) fault { return isCapacity(0)(v.(float64)) }, []any{0.0, 0.5, 256.0}, []any{-0.5, 0.25, 256.5}},
		{"capacity at most", func(v any) fault { return isCapacity(1)(v.(float64)) }, []any{1.0, 1.5}, []any{0.5, 0.0}},
		{"between", func(v any) fault { return within(3, 5, "days")(v.(int)) }, []any{3, 5}, []any{2, 6}},
	} {
		for _, value := range test.fits {
			if bad := test.check(value); bad != fine {
				t.Errorf("%s: %q is refused: %s", test.name, value, bad.detail)
			}
		}
		for _, value := range test.wrong {
			bad := test.check(value)
			if bad == fine {
				t.Errorf("%s: %q is let through", test.name, value)
			} else if !strings.HasSuffix(bad.detail, ".") || bad.hint == "" {
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
			if got := fitsFargate(cpu, memory) == fine; got != want {
				t.Errorf("%d CPU units with %d MiB: %v, want %v", cpu, memory, got, want)
			}
		}
	}
	if len(fargateCPU) != len(allowed) || len(fargateMemory) != len(allowed) {
		t.Error("there are other sizes")
	}
}

// TestI6_MessagesNameWhatIsThere has the messages whose words depend on the application or on the value.
func TestI6_MessagesNameWhatIsThere(t *testing.T) {
	subscribed := shop()
	subscribed.Resources = append(subscribed.Resources, app.Resource{Kind: "subscription", Name: "welcome"})
	const image = `helper_image = "012345678901.dkr.ecr.us-east-1.amazonaws.com/b@sha256:9532d8c39891ca2ecde4d30d7710e01fb739c87a8b9299685c63704296b16028"`
	for _, test := range []struct {
		name        string
		application *app.App
		text, want  string
	}{
		{"subscriptions without NAT", subscribed, production("nat = \"none\"\n" + image + "\ninterface_endpoints = [\"logs\", \"ecr.api\", \"ecr.dkr\", \"secretsmanager\"]"), `4:23 error: Interface endpoints missing: Without NAT processes reach AWS through interface endpoints only, and the list lacks "monitoring", "sns" and "sqs". hint: `},
		{"a gateway that shares a process", shop(), production("process_allocation = \"all_in_one\"\ngateway {}"), `3:1 error: Size without process: The gateway has no process of its own in the environment "production"`},
		{"a switch for a string", shop(), production(`region = true`), `2:10 error: Wrong type: "region" must be a string, not true. hint: write one of them, as in "us-east-1"`},
		{"an object for a string", shop(), production(`region = ["a"]`), `2:10 error: Wrong type: "region" must be a string, not ["a"]. hint: write one of them, as in "us-east-1"`},
		{"port zero", shop(), production(`outbound_ports = [0]`), `2:18 error: Invalid value for "outbound_ports": 0 is not a TCP port.`},
		{"the next retention", shop(), production(`log_retention_days = 8`), `2:22 error: Invalid value for "log_retention_days": CloudWatch Logs cannot keep logs for 8 days. It can for 1, 3, 5`},
		{"a database when there is none", &app.App{Name: "shop", Services: shop().Services}, production("database_server \"main\" {\n databases = [\"orders\"]\n}"), `3:15 error: Unknown database: The application has no database "orders", nor any other. hint: remove the line`},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, diags := tryLoad(test.text, test.application)
			if got := messages(diags); !strings.Contains("\n"+got, "\n"+test.want) {
				t.Errorf("got:\n%swant: %s", got, test.want)
			}
		})
	}
}

// TestE1_ProfilesThatSurviveAZone: what the page of settings says of a profile, the defaults have to keep. One NAT gateway
// would take the way to the registry, and to AWS, from every zone with its own.
func TestE1_ProfilesThatSurviveAZone(t *testing.T) {
	application := shop()
	application.Resources = append(application.Resources, app.Resource{Kind: "cache", Name: "sessions"})
	for profile, want := range map[string]bool{"dev": false, "balanced": true, "ha": true} {
		e := load(t, production("profile = \""+profile+"\""), application)[0]
		aurora := load(t, production("profile = \""+profile+"\"\ndatabase_server \"main\" {\n engine = \"aurora\"\n}"), application)[0]
		for what, got := range map[string]bool{
			"two zones or more":     len(e.Zones) >= 2,
			"a NAT gateway in each": e.NAT == "per_zone",
			"two tasks of each":     !slices.ContainsFunc(e.Processes, func(p Process) bool { return p.Scale.Min < 2 }),
			"a standby of a server": e.DatabaseServers[0].MultiAZ,
			"a second instance":     aurora.DatabaseServers[0].Instances >= 2,
			"a replica in another":  e.Cache("sessions").Replicas >= 1 && e.Cache("sessions").MultiAZ,
		} {
			if got != want && what != "two zones or more" || what == "two zones or more" && !got {
				t.Errorf("%s: %s: %v", profile, what, got)
			}
		}
	}
}

// TestE2_EnvironmentsMayDiffer: domain, state and range are compared between environments only where both have one.
func TestE2_EnvironmentsMayDiffer(t *testing.T) {
	list := load(t, `
environment "a" {
  domain         = "a.example.com"
  hosted_zone_id = "Z1"
  state { bucket = "states" }
}
environment "b" {
  domain         = "b.example.com"
  hosted_zone_id = "Z1"
  state { bucket = "states" }
}
environment "c" {}
environment "d" {}
`, shop())
	var keys []string
	for _, e := range list {
		if e.State != nil {
			keys = append(keys, fmt.Sprintf("%s/%s in %s", e.State.Bucket, e.State.KeyPrefix, e.State.Region))
		}
	}
	if got := strings.Join(keys, ", "); got != "states/shop/a in us-east-1, states/shop/b in us-east-1" {
		t.Errorf("states: %s", got)
	}
}
