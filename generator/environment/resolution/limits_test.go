package resolution

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/environment"
)

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
		{"sessions without NAT", shop(), production("nat = \"none\"\n" + image + "\ninterface_endpoints = [\"logs\", \"ecr.api\", \"ecr.dkr\", \"monitoring\", \"secretsmanager\", \"sns\", \"sqs\"]\noverride \"process\" \"users\" {\n exec = true\n}"), `4:23 error: Interface endpoints missing: Without NAT processes reach AWS through interface endpoints only, and the list lacks "kms" and "ssmmessages". An override lets sessions into tasks: what answers them there calls "kms" and "ssmmessages". hint: add "kms" and "ssmmessages", or remove interface_endpoints`},
		{"sessions and messages without NAT", subscribed, production("nat = \"none\"\n" + image + "\ninterface_endpoints = [\"kms\", \"logs\", \"ecr.api\", \"ecr.dkr\", \"secretsmanager\", \"sns\", \"sqs\"]\noverride \"process\" \"users\" {\n exec = true\n}"), `4:23 error: Interface endpoints missing: Without NAT processes reach AWS through interface endpoints only, and the list lacks "monitoring" and "ssmmessages". An override lets sessions into tasks`},
		{"a gateway that shares a process", shop(), production("process_allocation = \"all_in_one\"\ngateway {}"), `3:1 error: Size without process: The gateway has no process of its own in the environment "production"`},
		{"a switch for a string", shop(), production(`region = true`), `2:10 error: Wrong type: "region" must be a string, not true. hint: write one of them, as in "us-east-1"`},
		{"an object for a string", shop(), production(`region = ["a"]`), `2:10 error: Wrong type: "region" must be a string, not ["a"]. hint: write one of them, as in "us-east-1"`},
		{"port zero", shop(), production(`outbound_ports = [0]`), `2:18 error: Invalid value for "outbound_ports": 0 is not a TCP port.`},
		{"the next retention", shop(), production(`log_retention_days = 8`), `2:22 error: Invalid value for "log_retention_days": CloudWatch Logs cannot keep logs for 8 days. It can for 1, 3, 5`},
		{"a database when there is none", &app.App{Name: "shop", Services: shop().Services}, production("database_server \"main\" {\n databases = [\"orders\"]\n}"), `3:15 error: Unknown database: The application has no database "orders", nor any other. hint: remove the line`},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, diags := tryLoad(test.text, test.application)
			if got := messagesOf(diags); !strings.Contains("\n"+got, "\n"+test.want) {
				t.Errorf("got:\n%swant: %s", got, test.want)
			}
		})
	}
}

// TestE1_SessionsWithoutNAT: where no endpoints are named, those are made that sessions of ECS Exec need, and only where there may
// be sessions.
func TestE1_SessionsWithoutNAT(t *testing.T) {
	const apart = "nat = \"none\"\nhelper_image = \"012345678901.dkr.ecr.us-east-1.amazonaws.com/b@sha256:9532d8c39891ca2ecde4d30d7710e01fb739c87a8b9299685c63704296b16028\"\n"
	for _, test := range []struct {
		settings string
		want     bool
	}{
		{apart, false},
		{apart + "override \"process\" \"users\" {\n exec = true\n}", true},
		{apart + "override \"process\" \"users\" {\n exec = false\n}", false},
		{apart + "override \"process\" \"users\" {\n exec = true\n}\ninterface_endpoints = [\"ecr.api\", \"ecr.dkr\", \"kms\", \"logs\", \"monitoring\", \"secretsmanager\", \"ssmmessages\"]", true},
	} {
		e := load(t, production(test.settings), shop())[0]
		for _, name := range []string{"kms", "ssmmessages"} {
			if slices.Contains(e.InterfaceEndpoints, name) != test.want {
				t.Errorf("%s: %v", test.settings, e.InterfaceEndpoints)
			}
		}
	}
	if e := load(t, production("override \"process\" \"users\" {\n exec = true\n}"), shop())[0]; len(e.InterfaceEndpoints) > 0 {
		t.Errorf("with NAT: %v", e.InterfaceEndpoints)
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
			"two tasks of each":     !slices.ContainsFunc(e.Processes, func(p environment.Process) bool { return p.Scale.Min < 2 }),
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
