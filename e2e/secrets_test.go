//go:build validate

package e2e_test

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/groundplan/groundplan/e2e/emulator"
)

// rightsIn are the actions that a page lists in the block of JSON below a heading.
func rightsIn(t *testing.T, page, heading string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(repository, page))
	if err != nil {
		t.Fatal(err)
	}
	_, after, found := strings.Cut(string(content), "\n"+heading+"\n")
	_, block, fenced := strings.Cut(after, "```json\n")
	policy, _, closed := strings.Cut(block, "\n```")
	if !found || !fenced || !closed || !json.Valid([]byte(policy)) {
		t.Fatalf("%s has no policy under %q", page, heading)
	}
	return policy
}

// userWith is a user that has one policy and nothing else. What the policy calls ACCOUNT, REGION, APP, ENVIRONMENT and KEY is filled in.
func userWith(t *testing.T, aws *caller, name, policy, key string) emulator.Identity {
	t.Helper()
	policy = strings.NewReplacer("ACCOUNT", account, "REGION", emulator.Region, "APP", "shop", "ENVIRONMENT", "staging", "KEY", key).Replace(policy)
	aws.call(t, anybody, "iam", "CreateUser", map[string]any{"UserName": name})
	aws.call(t, anybody, "iam", "PutUserPolicy", map[string]any{"UserName": name, "PolicyName": "rights", "PolicyDocument": policy})
	answer := aws.call(t, anybody, "iam", "CreateAccessKey", map[string]any{"UserName": name})
	return emulator.Identity{Key: at(t, answer, "AccessKey.AccessKeyId").(string), Secret: at(t, answer, "AccessKey.SecretAccessKey").(string)}
}

// secretShop is the shop's staging in the emulator's region, generated, and its secrets as the platform makes them.
func secretShop(t *testing.T, aws *caller, key string) (app string) {
	t.Helper()
	app = t.TempDir()
	copyFolder(t, filepath.Join(repository, "fixtures", "shop"), app)
	writeText(t, filepath.Join(app, "groundplan.hcl"), "app \"shop\" {}\n\nenvironment \"staging\" {\n  profile = \"dev\"\n}\n")
	for _, name := range []string{"MailKey", "SessionKey", "StripeKey", "service-auth/key"} {
		aws.call(t, anybody, "secretsmanager", "CreateSecret", map[string]any{"Name": "shop/staging/" + name, "KmsKeyId": key})
	}
	aws.call(t, anybody, "secretsmanager", "PutSecretValue", map[string]any{"SecretId": "shop/staging/service-auth/key", "SecretString": "drawn"})
	return app
}

// TestSecrets sets, lists and checks secrets as a user who has the rights that docs/driving.md names, and searches everything that
// was said, and every command line of the machine meanwhile, for the values.
func TestSecrets(t *testing.T) {
	cloud := startEmulator(t, account)
	aws := startCaller(t, cloud)
	key := at(t, aws.call(t, anybody, "kms", "CreateKey", map[string]any{"KeyUsage": "ENCRYPT_DECRYPT"}), "KeyMetadata.Arn").(string)
	app := secretShop(t, aws, key)
	who := userWith(t, aws, "ann", rightsIn(t, "docs/driving.md", "## secret"), key)
	groundplan := newProgram(t, cloud.URL, "AWS_ACCESS_KEY_ID="+who.Key, "AWS_SECRET_ACCESS_KEY="+who.Secret)
	groundplan.expect(t, 0, nil, "generate", "--app", app)
	enforce(t, cloud, true)
	defer enforce(t, cloud, false)

	hidden := []string{"sk_live_9aZ3pWq7", "-----BEGIN KEY-----\nc2VjcmV0bGluZQ==\n-----END KEY-----", "m41l pa$$word", "later9831value"}
	sweep := sweepCommandLines(t, append(slices.Clone(hidden), "c2VjcmV0bGluZQ=="))
	var heard strings.Builder
	hear := func(code int, parts []string, input io.Reader, arguments ...string) {
		t.Helper()
		got := groundplan.run(t, input, append(arguments, "--app", app)...)
		heard.WriteString(got.stdout + got.stderr)
		for _, part := range parts {
			if got.code != code || !strings.Contains(got.stdout+got.stderr, part) {
				t.Errorf("groundplan %q: exit code %d, want %d and %q\n%s%s", arguments, got.code, code, part, got.stdout, got.stderr)
			}
		}
	}
	// The secrets of the database's role and of the caches' users are not there, and who has rights on what is there is not told.
	hear(2, []string{"StripeKey", "missing  needed by app", "database/app", "unknown", "they are not there, or the credentials lack", "hint: groundplan secret set StripeKey --env staging"}, nil, "secret", "check")
	hear(0, []string{"set StripeKey (shop/staging/StripeKey)", "read when the next task starts: app"}, strings.NewReader(hidden[0]+"\n"), "secret", "set", "StripeKey", "--file", "-")
	file := filepath.Join(t.TempDir(), ".env")
	writeText(t, file, "# ours\nexport StripeKey=never\nSessionKey=\""+hidden[1]+"\"\nshop/staging/MailKey='"+hidden[2]+"' # mail\n")
	hear(0, []string{"StripeKey has a value, which stays", "set SessionKey", "set MailKey"}, nil, "secret", "set", "--only-missing", "--from-file", file)
	hear(0, []string{"tasks that run keep the old value", "aws ecs update-service --region us-east-1 --cluster shop-staging --service shop-staging-app --force-new-deployment"},
		strings.NewReader(hidden[3]), "secret", "set", "shop/staging/StripeKey", "--file=-")
	hear(0, []string{"StripeKey", "NEEDED BY", "terraform"}, nil, "secret", "list")
	hear(1, []string{"drew it"}, strings.NewReader("x"), "secret", "set", "service-auth/key", "--file", "-")

	listed := groundplan.run(t, nil, "secret", "list", "--format", "json", "--app", app)
	var list struct {
		Environment string
		Secrets     []struct {
			Name, State, Since string
			Versions           int
			Needed             []string `json:"needed_by"`
		}
	}
	if err := json.Unmarshal([]byte(listed.stdout), &list); err != nil || list.Environment != "staging" {
		t.Fatalf("%v\n%s%s", err, listed.stdout, listed.stderr)
	}
	counted := map[string]int{}
	for _, secret := range list.Secrets {
		counted[secret.Name+" "+secret.State] = secret.Versions
		if written, err := time.Parse(time.RFC3339, secret.Since); secret.State == "set" && (err != nil || time.Since(written).Abs() > time.Hour || len(secret.Needed) == 0) {
			t.Errorf("%+v", secret)
		}
	}
	if counted["StripeKey set"] != 2 || counted["MailKey set"] != 1 || counted["SessionKey set"] != 1 {
		t.Errorf("versions %v", counted)
	}
	enforce(t, cloud, false)
	stored := storedSecrets(t, cloud)
	for name, want := range map[string]string{"StripeKey": hidden[3], "SessionKey": hidden[1], "MailKey": hidden[2]} {
		if stored["shop/staging/"+name] != want {
			t.Errorf("%s is stored as %q", name, stored["shop/staging/"+name])
		}
	}
	for _, value := range append(hidden, "c2VjcmV0bGluZQ==", "never") {
		if strings.Contains(heard.String()+listed.stdout+listed.stderr+cloud.Messages(), value) {
			t.Errorf("%q was said", value)
		}
	}
	if found := sweep(); len(found) > 0 {
		t.Errorf("on command lines: %q", found)
	}
}

// TestSecretsNeedTheirRights takes one right after the other away: with none of them the rest is enough.
func TestSecretsNeedTheirRights(t *testing.T) {
	cloud := startEmulator(t, account)
	aws := startCaller(t, cloud)
	key := at(t, aws.call(t, anybody, "kms", "CreateKey", map[string]any{"KeyUsage": "ENCRYPT_DECRYPT"}), "KeyMetadata.Arn").(string)
	app := secretShop(t, aws, key)
	newProgram(t, cloud.URL).expect(t, 0, nil, "generate", "--app", app)
	policy := rightsIn(t, "docs/driving.md", "## secret")
	for i, right := range []string{"secretsmanager:DescribeSecret", "secretsmanager:ListSecretVersionIds", "secretsmanager:PutSecretValue", "kms:GenerateDataKey"} {
		less := strings.Replace(policy, `"`+right+`"`, `"s3:GetObject"`, 1)
		if less == policy {
			t.Errorf("docs/driving.md does not name %s", right)
		}
		who := userWith(t, aws, "user"+string(rune('a'+i)), less, key)
		groundplan := newProgram(t, cloud.URL, "AWS_ACCESS_KEY_ID="+who.Key, "AWS_SECRET_ACCESS_KEY="+who.Secret)
		enforce(t, cloud, true)
		set := groundplan.run(t, strings.NewReader("value"), "secret", "set", "StripeKey", "--file", "-", "--app", app)
		list := groundplan.run(t, nil, "secret", "list", "--app", app)
		enforce(t, cloud, false)
		if set.code == 0 && list.code == 0 || !strings.Contains(set.stderr+list.stderr, "AWS refuses Secrets Manager") {
			t.Errorf("without %s: %d, %d\n%s%s", right, set.code, list.code, set.stderr, list.stderr)
		}
	}
}

// sweepCommandLines looks at the command lines and the environments of all processes until it is asked what it found: the names of
// processes that had one of the values there. This one has them in its memory alone.
func sweepCommandLines(t *testing.T, hidden []string) func() []string {
	t.Helper()
	done, result := make(chan struct{}), make(chan []string)
	go func() {
		var found []string
		for {
			files, _ := filepath.Glob("/proc/[0-9]*/cmdline")
			for _, name := range slices.Concat(files, replaceAll(files, "cmdline", "environ")) {
				content, err := os.ReadFile(name)
				if err != nil {
					continue // it ended
				}
				for _, value := range hidden {
					if bytes.Contains(content, []byte(value)) {
						found = append(found, name)
					}
				}
			}
			select {
			case <-done:
				result <- slices.Compact(found)
				return
			case <-time.After(time.Millisecond):
			}
		}
	}()
	return func() []string {
		close(done)
		return <-result
	}
}

func replaceAll(list []string, from, to string) []string {
	var replaced []string
	for _, text := range list {
		replaced = append(replaced, strings.Replace(text, from, to, 1))
	}
	return replaced
}

// TestSweepFinds shows the search firing.
func TestSweepFinds(t *testing.T) {
	sweep := sweepCommandLines(t, []string{"a-planted-value"})
	command := exec.CommandContext(t.Context(), "sleep", "1")
	command.Args = []string{"a-planted-value", "1"}
	if err := command.Run(); err != nil {
		t.Fatal(err)
	}
	if found := sweep(); len(found) == 0 {
		t.Error("a value on a command line is not found")
	}
}
