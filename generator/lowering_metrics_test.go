package generator_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/zclconf/go-cty/cty"
)

// TestF2_MetricsGoWhereTheSettingsSay reads what a process is told of metrics, what it may write and which secret it is
// given, for every destination.
func TestF2_MetricsGoWhereTheSettingsSay(t *testing.T) {
	for _, test := range []struct {
		name, settings string
		section        map[string]any
		secret         string // variable
		named          string // in Secrets Manager
		writes         string // namespace
	}{
		{"by default", ``, map[string]any{"type": "aws_cloudwatch", "namespace": "shop/production", "collection_interval": 60.0}, "", "", "shop/production"},
		{"cloudwatch", "metrics {\n namespace = \"team/shop\"\n interval_seconds = 300\n}", map[string]any{"type": "aws_cloudwatch", "namespace": "team/shop", "collection_interval": 300.0}, "", "", "team/shop"},
		{"prometheus", "metrics {\n destination = \"prometheus\"\n}", map[string]any{"type": "prometheus", "remote_write_url": map[string]any{"$env": "METRICS_REMOTE_WRITE_URL"}, "collection_interval": 60.0},
			"METRICS_REMOTE_WRITE_URL", "shop/production/metrics/remote-write-url", ""},
		{"datadog", "metrics {\n destination = \"datadog\"\n site = \"datadoghq.eu\"\n}", map[string]any{"type": "datadog", "site": "datadoghq.eu", "api_key": map[string]any{"$env": "METRICS_DATADOG_API_KEY"}, "collection_interval": 60.0},
			"METRICS_DATADOG_API_KEY", "shop/production/metrics/datadog-api-key", ""},
		{"none", "metrics {\n destination = \"none\"\n}", nil, "", "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			output := lower(t, plain("orders"), test.settings)
			call := callArguments(t, output, "production/services/orders.tf")
			var config map[string]any
			if err := json.Unmarshal([]byte(call["infra_config"].AsString()), &config); err != nil {
				t.Fatal(err)
			}
			section, _ := config["metrics"].(map[string]any)
			if d := cmp.Diff(test.section, section); d != "" {
				t.Errorf("the section metrics, - is wanted: %s", d)
			}
			for _, variable := range []string{"METRICS_REMOTE_WRITE_URL", "METRICS_DATADOG_API_KEY"} {
				_, given := call["secrets"].AsValueMap()[variable]
				if given != (variable == test.secret) {
					t.Errorf("the process has %s: %v", variable, given)
				}
			}
			secrets := string(output.Files["production/platform/secrets.tf"])
			if strings.Contains(secrets, "/metrics/") != (test.named != "") || !strings.Contains(secrets, test.named) {
				t.Errorf("want the secret %q among\n%s", test.named, secrets)
			}
			var statement cty.Value
			if permissions, has := call["permissions"]; has {
				statement = permissions.AsValueMap()["metrics"]
			}
			switch {
			case test.writes == "" && statement != cty.NilVal:
				t.Error("the process may write metrics to CloudWatch")
			case test.writes != "" && statement == cty.NilVal:
				t.Error("the process may not write metrics")
			case test.writes != "":
				condition := statement.GetAttr("conditions").Index(cty.NumberIntVal(0))
				got := []string{statement.GetAttr("actions").Index(cty.NumberIntVal(0)).AsString(), condition.GetAttr("test").AsString(),
					condition.GetAttr("variable").AsString(), condition.GetAttr("values").Index(cty.NumberIntVal(0)).AsString()}
				if d := cmp.Diff([]string{"cloudwatch:PutMetricData", "StringEquals", "cloudwatch:namespace", test.writes}, got); d != "" {
					t.Errorf("- is wanted: %s", d)
				}
			}
		})
	}
}
