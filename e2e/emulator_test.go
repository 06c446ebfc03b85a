//go:build validate

package e2e_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/groundplan/groundplan/e2e/emulator"
)

// account is the one moto has unless it is told another.
const account = emulator.Account

// anybody is whom an emulator believes that does not ask who calls.
var anybody = emulator.Anybody

// startEmulator starts a fresh AWS account and stops it when the test ends.
func startEmulator(t testing.TB, id string) *emulator.Cloud {
	t.Helper()
	cloud, err := emulator.Start(context.Background(), emulator.Options{Account: id})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cloud.Close)
	return cloud
}

// enforce makes an emulator ask every caller for a right, or lets everybody do everything again.
func enforce(t *testing.T, cloud *emulator.Cloud, on bool) {
	t.Helper()
	if err := cloud.Enforce(context.Background(), on); err != nil {
		t.Fatal(err)
	}
}

// tool is the path of something tools/setup put under .tools; a test that lacks it fails.
func tool(t testing.TB, parts ...string) string {
	t.Helper()
	path, err := emulator.Tool(parts...)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// caller is an emulator's caller whose failures end the test.
type caller struct{ *emulator.Caller }

func startCaller(t *testing.T, cloud *emulator.Cloud) *caller {
	t.Helper()
	started, err := cloud.Caller(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(started.Close)
	return &caller{started}
}

// try makes one call and returns what AWS answered; a broken pipe ends the test.
func (c *caller) try(t *testing.T, who emulator.Identity, service, operation string, parameters map[string]any) (map[string]any, *emulator.Error) {
	t.Helper()
	result, err := c.Call(who, service, operation, parameters)
	var answered *emulator.Error
	if err != nil && !errors.As(err, &answered) {
		t.Fatal(err)
	}
	return result, answered
}

// call is try for what must be done.
func (c *caller) call(t *testing.T, who emulator.Identity, service, operation string, parameters map[string]any) map[string]any {
	t.Helper()
	result, failure := c.try(t, who, service, operation, parameters)
	if failure != nil {
		t.Fatalf("%s %s %v: %v", service, operation, parameters, failure)
	}
	return result
}

func (c *caller) administrator(t *testing.T) emulator.Identity {
	t.Helper()
	who, err := c.Administrator()
	if err != nil {
		t.Fatal(err)
	}
	return who
}

func (c *caller) assume(t *testing.T, role string) emulator.Identity {
	t.Helper()
	who, err := c.Assume(role)
	if err != nil {
		t.Fatal(err)
	}
	return who
}

// TestEmulatorRefuses shows the gate firing: what moto lacks is a 501 with a name, at once, in the caller's protocol.
func TestEmulatorRefuses(t *testing.T) {
	cloud := startEmulator(t, account)
	for _, test := range []struct{ service, target, body, action string }{
		{service: "secretsmanager", target: "secretsmanager.StopReplicationToReplica", body: "{}", action: "StopReplicationToReplica"},
		{service: "iam", body: "Action=SimulateCustomPolicy&Version=2010-05-08", action: "SimulateCustomPolicy"},
		{service: "ec2", body: "Action=CreateIpam&Version=2016-11-15", action: "CreateIpam"},
	} {
		t.Run(test.service, func(t *testing.T) {
			headers := map[string]string{
				"Authorization": "AWS4-HMAC-SHA256 Credential=testing/20300101/us-east-1/" + test.service + "/aws4_request, SignedHeaders=host, Signature=0",
				"Content-Type":  "application/x-www-form-urlencoded",
			}
			if test.target != "" {
				headers["Content-Type"], headers["X-Amz-Target"] = "application/x-amz-json-1.1", test.target
			}
			_, err := cloud.Send(context.Background(), http.MethodPost, "/", headers, test.body)
			if err == nil || !strings.Contains(err.Error(), "501") || !strings.Contains(err.Error(), test.action) {
				t.Errorf("want a 501 that names %s, got %v", test.action, err)
			}
		})
	}
}

// TestBucketsInHostNames asks for one object in both ways in which programs name a bucket: Encore's Go runtime puts it in
// front of the endpoint's name, which is no bucket itself.
func TestBucketsInHostNames(t *testing.T) {
	cloud := startEmulator(t, account)
	aws := startCaller(t, cloud)
	aws.call(t, anybody, "s3", "CreateBucket", map[string]any{"Bucket": "shelf"})
	aws.call(t, anybody, "s3", "PutObject", map[string]any{"Bucket": "shelf", "Key": "book", "Body": "text"})
	for host, path := range map[string]string{"aws.lab:443": "/shelf/book", "shelf.aws.lab:443": "/book"} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, cloud.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Host = host
		request.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=testing/20300101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0")
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(response.Body)
		response.Body.Close()
		if err != nil || response.StatusCode != http.StatusOK || string(text) != "text" {
			t.Errorf("%s%s: %s %q %v", host, path, response.Status, text, err)
		}
	}
}
