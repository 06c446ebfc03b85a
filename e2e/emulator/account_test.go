//go:build validate

package emulator

import (
	"fmt"
	"net/http"
	"regexp"
	"sync"
	"testing"
)

// TestManyAtOnce: an account answers many at once. Terraform makes ten things at a time, and each security group looks through all
// that there are for one of its name.
func TestManyAtOnce(t *testing.T) {
	cloud, err := Start(t.Context(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer cloud.Close()
	if err := cloud.hook(t.Context(), "switch", map[string]any{"seconds": 1e-5}, nil); err != nil {
		t.Fatal(err)
	}
	ask := func(form string) (string, error) {
		return cloud.Send(t.Context(), http.MethodPost, "/", map[string]string{
			"Content-Type":  "application/x-www-form-urlencoded",
			"Authorization": "AWS4-HMAC-SHA256 Credential=" + Anybody.Key + "/20260301/" + Region + "/ec2/aws4_request, SignedHeaders=host, Signature=0",
		}, form+"&Version=2016-11-15")
	}
	made, err := ask("Action=CreateVpc&CidrBlock=10.0.0.0/16")
	if err != nil {
		t.Fatal(err)
	}
	vpc := regexp.MustCompile(`vpc-\w+`).FindString(made)
	var callers sync.WaitGroup
	for caller := range 8 {
		callers.Go(func() {
			for n := range 150 {
				if _, err := ask(fmt.Sprintf("Action=CreateSecurityGroup&VpcId=%s&GroupDescription=d&GroupName=g-%d-%d", vpc, caller, n)); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	callers.Wait()
}
