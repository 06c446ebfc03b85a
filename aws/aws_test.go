package aws

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// answering is a client of a server on 127.0.0.1 that gives every request one answer, and how many requests it had.
func answering(t *testing.T, status int, body string) (*Client, *int) {
	t.Helper()
	requests := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		requests++
		w.Header().Set("Content-Type", "text/xml")
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	}))
	t.Cleanup(server.Close)
	for name, value := range map[string]string{
		"AWS_ENDPOINT_URL": server.URL, "AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_MAX_ATTEMPTS": "1",
		"AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null", "AWS_EC2_METADATA_DISABLED": "true", "AWS_PROFILE": "",
	} {
		t.Setenv(name, value)
	}
	client, err := Open(t.Context(), "eu-west-1")
	if err != nil {
		t.Fatal(err)
	}
	return client, &requests
}

func xmlError(code string) string {
	return "<ErrorResponse><Error><Type>Sender</Type><Code>" + code + "</Code><Message>because of " + code + "</Message></Error></ErrorResponse>"
}

func TestIdentityIsAskedOnce(t *testing.T) {
	client, requests := answering(t, 200, `<GetCallerIdentityResponse><GetCallerIdentityResult>
<Arn>arn:aws:iam::123456789012:user/ann</Arn><Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`)
	for _, asking := range []*Client{client, client.In("us-east-1"), client} {
		got, err := asking.Identity(t.Context())
		if want := (Identity{"123456789012", "arn:aws:iam::123456789012:user/ann"}); err != nil || got != want {
			t.Fatalf("%+v, %v", got, err)
		}
	}
	if *requests != 1 {
		t.Errorf("%d requests", *requests)
	}
}

func TestExplain(t *testing.T) {
	for _, test := range []struct {
		status              int
		body, message, hint string
	}{
		{403, xmlError("ExpiredToken"), "the credentials for AWS have expired", "log in again"},
		{403, xmlError("InvalidClientTokenId"), "AWS does not know these credentials: InvalidClientTokenId", "aws sts get-caller-identity"},
		{403, xmlError("AccessDenied"), "AWS refuses STS GetCallerIdentity: because of AccessDenied", "give the caller that right"},
		{400, xmlError("Throttling"), "AWS has had too many requests: STS GetCallerIdentity", "in a minute"},
		{400, xmlError("RegionDisabled"), "STS GetCallerIdentity: RegionDisabled: because of RegionDisabled", ""},
	} {
		client, _ := answering(t, test.status, test.body)
		_, err := client.Identity(t.Context())
		message, hints := Explain(err)
		if message != test.message || !strings.Contains(strings.Join(hints, "\n"), test.hint) {
			t.Errorf("%s\nis explained as %q, %q", err, message, hints)
		}
	}
}

func TestExplainWithoutCredentials(t *testing.T) {
	client, _ := answering(t, 200, "")
	t.Setenv("AWS_ACCESS_KEY_ID", "")
	client, err := Open(t.Context(), client.Region)
	if err != nil {
		t.Fatal(err)
	}
	_, err = client.Identity(t.Context())
	if message, hints := Explain(err); !strings.HasPrefix(message, "STS GetCallerIdentity cannot be called: ") || len(hints) != 1 {
		t.Errorf("%q, %q", message, hints)
	}
}

func TestExplainNoAnswer(t *testing.T) {
	client, _ := answering(t, 200, "")
	t.Setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
	client, err := Open(t.Context(), client.Region)
	if err != nil {
		t.Fatal(err)
	}
	_, err = client.Identity(t.Context())
	if message, _ := Explain(err); !strings.HasPrefix(message, "AWS does not answer STS GetCallerIdentity: ") {
		t.Errorf("%q", message)
	}
}
