package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// fakeAccount is as much of an AWS account on 127.0.0.1 as the messages of verbs need: who calls, secrets by name with the values they
// have had, and no bucket.
type fakeAccount struct {
	lock    sync.Mutex
	secrets map[string][]string
}

func (a *fakeAccount) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.lock.Lock()
	defer a.lock.Unlock()
	body, _ := io.ReadAll(r.Body)
	if strings.Contains(string(body), "GetCallerIdentity") {
		fmt.Fprint(w, `<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/ann</Arn><Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`)
		return
	}
	_, action, secrets := strings.Cut(r.Header.Get("X-Amz-Target"), "secretsmanager.")
	if !secrets {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	var asked struct{ SecretId, SecretString string }
	if err := json.Unmarshal(body, &asked); err != nil {
		panic(err)
	}
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	values, there := a.secrets[asked.SecretId]
	var answer any
	switch {
	case !there:
		w.WriteHeader(http.StatusBadRequest)
		answer = map[string]string{"__type": "ResourceNotFoundException", "message": "none"}
	case action == "PutSecretValue":
		a.secrets[asked.SecretId] = append(values, asked.SecretString)
		answer = map[string]string{"Name": asked.SecretId}
	case action == "DescribeSecret":
		stages := map[string][]string{}
		if len(values) > 0 {
			stages["last"] = []string{"AWSCURRENT"}
		}
		answer = map[string]any{"Name": asked.SecretId, "VersionIdsToStages": stages}
	case action == "ListSecretVersionIds":
		var versions []map[string]any
		for i := range values {
			listed := map[string]any{"VersionId": fmt.Sprint(i), "CreatedDate": 1700000000}
			if i == len(values)-1 {
				listed["VersionStages"] = []string{"AWSCURRENT"}
			}
			versions = append(versions, listed)
		}
		answer = map[string]any{"Versions": versions}
	}
	if err := json.NewEncoder(w).Encode(answer); err != nil {
		panic(err)
	}
}

// TestScriptsOnAWS runs the scripts that need an account. Each has one of its own, in which "made NAME..." makes secrets and
// "holds NAME VALUE" looks for the last value of one. "keys FILE KEYS" writes what is typed at a terminal.
func TestScriptsOnAWS(t *testing.T) {
	type key struct{}
	of := func(ts *testscript.TestScript) *fakeAccount { return ts.Value(key{}).(*fakeAccount) }
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/aws",
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"made": func(ts *testscript.TestScript, neg bool, names []string) {
				a := of(ts)
				a.lock.Lock()
				defer a.lock.Unlock()
				for _, name := range names {
					a.secrets[name] = nil
				}
			},
			"keys": func(ts *testscript.TestScript, neg bool, args []string) {
				keys := strings.NewReplacer(`\r`, "\r", `\e`, "\x1b", `\n`, "\n").Replace(args[1])
				ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(keys), 0o600))
			},
			"holds": func(ts *testscript.TestScript, neg bool, args []string) {
				a := of(ts)
				a.lock.Lock()
				defer a.lock.Unlock()
				want := strings.ReplaceAll(args[1], `\n`, "\n")
				values := a.secrets[args[0]]
				if got := values[max(0, len(values)-1):]; len(got) == 0 || got[0] != want {
					ts.Fatalf("%s holds %q, not %q", args[0], values, want)
				}
			},
		},
		Setup: func(env *testscript.Env) error {
			a := &fakeAccount{secrets: map[string][]string{}}
			server := httptest.NewServer(a)
			env.Defer(server.Close)
			env.Values[key{}] = a
			for name, value := range map[string]string{
				"NO_COLOR": "1", "AWS_ENDPOINT_URL": server.URL, "AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_MAX_ATTEMPTS": "1",
				"AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null", "AWS_EC2_METADATA_DISABLED": "true",
			} {
				env.Setenv(name, value)
			}
			return nil
		},
	})
}
