package aws

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestFindSecret(t *testing.T) {
	for _, test := range []struct {
		status int
		body   string
		want   Secret
		denied bool
	}{
		{400, `{"__type":"ResourceNotFoundException","message":"none"}`, Secret{}, false},
		{400, `{"__type":"AccessDeniedException","message":"no"}`, Secret{}, true},
		{200, `{"Name":"a"}`, Secret{There: true}, false},
		{200, `{"Name":"a","VersionIdsToStages":{"v1":["AWSPREVIOUS"],"v2":["AWSPENDING"]}}`, Secret{There: true}, false},
		{200, `{"Name":"a","VersionIdsToStages":{"v1":["AWSPREVIOUS"],"v2":["x","AWSCURRENT"]}}`, Secret{There: true, Set: true}, false},
		{200, `{"Name":"a","DeletedDate":1700000000}`, Secret{There: true, Deleted: time.Unix(1700000000, 0).UTC()}, false},
	} {
		client, _ := speaking(t, "eu-west-1", func(*http.Request) (int, map[string]string, string) {
			return test.status, map[string]string{"Content-Type": "application/x-amz-json-1.1"}, test.body
		})
		got, err := client.FindSecret(t.Context(), "a")
		if got != test.want || Refused(err) != test.denied || (err != nil) != test.denied {
			t.Errorf("%s: %+v, %v", test.body, got, err)
		}
	}
}

// TestSecretVersions reads all pages.
func TestSecretVersions(t *testing.T) {
	client, asked := speaking(t, "eu-west-1", func(r *http.Request) (int, map[string]string, string) {
		body := `{"Versions":[{"VersionId":"1","CreatedDate":1600000000},{"VersionId":"2","VersionStages":["AWSCURRENT"],"CreatedDate":1700000000}],"NextToken":"more"}`
		if r.ContentLength > int64(len(`{"IncludeDeprecated":true,"SecretId":"a"}`)) {
			body = `{"Versions":[{"VersionId":"3"}]}`
		}
		return 200, map[string]string{"Content-Type": "application/x-amz-json-1.1"}, body
	})
	got, err := client.SecretVersions(t.Context(), "a")
	if err != nil || got.Count != 3 || got.Since.Unix() != 1700000000 || len(*asked) != 2 {
		t.Errorf("%+v, %v, %q", got, err, *asked)
	}
}

// TestPutSecretSaysNoValue has AWS repeat the value in what it refuses: the error does not.
func TestPutSecretSaysNoValue(t *testing.T) {
	const value = "s3cr3t-value"
	for code, repeats := range map[string]string{"InvalidParameterException": value, "InvalidRequestException": "marked for deletion", "ResourceNotFoundException": "none"} {
		client, asked := speaking(t, "eu-west-1", func(*http.Request) (int, map[string]string, string) {
			return 400, map[string]string{"Content-Type": "application/x-amz-json-1.1"}, fmt.Sprintf(`{"__type":%q,"message":%q}`, code, "bad "+repeats)
		})
		err := client.PutSecret(t.Context(), "a", value)
		message, hints := Explain(err)
		if err == nil || strings.Contains(err.Error()+message+strings.Join(hints, ""), value) || !strings.Contains(message, code) {
			t.Errorf("%v, %q, %q", err, message, hints)
		}
		if len(*asked) != 1 || !strings.Contains((*asked)[0], value) || !strings.Contains((*asked)[0], "ClientRequestToken") {
			t.Errorf("asked %q", *asked)
		}
	}
}
