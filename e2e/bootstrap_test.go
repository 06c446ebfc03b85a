//go:build validate

package e2e_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// bucketSettings is all that S3 tells of the bucket that bootstrap has to do with.
func bucketSettings(t *testing.T, aws *caller) map[string]any {
	t.Helper()
	settings := map[string]any{}
	for operation, field := range map[string]string{
		"GetBucketVersioning": "Status", "GetBucketEncryption": "ServerSideEncryptionConfiguration", "GetPublicAccessBlock": "PublicAccessBlockConfiguration",
		"GetBucketOwnershipControls": "OwnershipControls", "GetBucketPolicy": "Policy", "GetBucketLifecycleConfiguration": "Rules",
	} {
		answer, failure := aws.try(t, anybody, "s3", operation, map[string]any{"Bucket": helloBucket})
		if failure != nil {
			settings[field] = failure.Code
			continue
		}
		settings[field] = answer[field]
	}
	return settings
}

const helloBucket = "hello-production-state-" + account

// TestBootstrap makes the bucket of an environment from nothing, and finds it as it should be the next time.
func TestBootstrap(t *testing.T) {
	cloud := startEmulator(t, account)
	aws, seen, app := startCaller(t, cloud), startWitness(t, cloud, account), t.TempDir()
	copyFolder(t, filepath.Join(repository, "fixtures", "hello"), app)
	groundplan := newProgram(t, seen.address)

	groundplan.expect(t, 1, []string{"makes the bucket " + helloBucket + " in us-east-1, account " + account, "there is no terminal to ask at", "hint: --yes"}, "bootstrap", "--app", app)
	for _, request := range seen.take() {
		if request.Method != http.MethodGet && request.Method != http.MethodHead && request.Method != http.MethodPost {
			t.Errorf("%s %s before anybody agreed", request.Method, request.URL)
		}
	}
	groundplan.expect(t, 0, []string{"made bucket", "set versioning", "wrote ", "next: groundplan generate", "production/platform init\n"}, "bootstrap", "--app", app, "--yes")
	settings := bucketSettings(t, aws)
	for field, part := range map[string]string{
		"Status": "Enabled", "ServerSideEncryptionConfiguration": "AES256", "PublicAccessBlockConfiguration": "RestrictPublicBuckets:true",
		"OwnershipControls": "BucketOwnerEnforced", "Policy": `{"aws:SecureTransport": "false"}`, "Rules": "NoncurrentDays:90",
	} {
		if !strings.Contains(fmt.Sprint(settings[field]), part) {
			t.Errorf("%s is %v", field, settings[field])
		}
	}
	for _, request := range seen.take() {
		if owner := request.Header.Get("X-Amz-Expected-Bucket-Owner"); strings.HasPrefix(request.URL.Path, "/"+helloBucket) && owner != account && (request.Method != http.MethodPut || request.URL.RawQuery != "") {
			t.Errorf("%s %s is for whoever owns the bucket", request.Method, request.URL)
		}
	}

	written, err := os.ReadFile(filepath.Join(app, "groundplan.hcl"))
	if err != nil || !strings.Contains(string(written), "  state {\n    bucket = \""+helloBucket+"\"\n  }\n}\n") {
		t.Errorf("%v\n%s", err, written)
	}
	groundplan.expect(t, 0, []string{"is what it should be", "next: groundplan generate"}, "bootstrap", "--app", app)
	groundplan.expect(t, 0, nil, "generate", "--app", app)
	groundplan.expect(t, 0, []string{"is what it should be", "next, in each stack"}, "bootstrap", "--app", app)
	for _, request := range seen.take() {
		if request.Method == http.MethodPut {
			t.Errorf("%s %s, and nothing was to be changed", request.Method, request.URL)
		}
	}
	local := filepath.Join(app, "infra/production/platform/terraform.tfstate")
	writeText(t, local, "{\"version\": 4}")
	groundplan.expect(t, 0, []string{"production/platform init -migrate-state\n", "production/services init\n"}, "bootstrap", "--app", app)
	if err := os.Remove(local); err != nil {
		t.Fatal(err)
	}
	if again := bucketSettings(t, aws); !reflect.DeepEqual(settings, again) {
		t.Errorf("%v\nbecame\n%v", settings, again)
	}
	useBackend(t, cloud.Environment(), aws, app, "AES256")
	groundplan.expect(t, 3, []string{"refused", "the state of something else, as terraform_data.it"}, "bootstrap", "--app", app)
}

// useBackend gives the backend that was generated for the platform to a state that was local, and applies from two places.
func useBackend(t *testing.T, environment []string, aws *caller, app, encryption string) {
	t.Helper()
	folder := t.TempDir()
	writeText(t, filepath.Join(folder, "main.tf"), "resource \"terraform_data\" \"it\" {\n  input = \"kept\"\n}\n")
	tf := newTerraform(t, folder, environment)
	tf.run(t, "init", "-input=false", "-no-color")
	tf.run(t, "apply", "-input=false", "-no-color", "-auto-approve")

	generated, err := os.ReadFile(filepath.Join(app, "infra/production/platform/terraform.tf"))
	if err != nil {
		t.Fatal(err)
	}
	_, block, found := strings.Cut(string(generated), "backend \"s3\" {")
	if !found {
		t.Fatalf("no backend in\n%s", generated)
	}
	block, _, _ = strings.Cut(block, "}")
	writeText(t, filepath.Join(folder, "backend.tf"), "terraform {\n  backend \"s3\" {"+block+"}\n}\n")
	tf.run(t, "init", "-input=false", "-no-color", "-migrate-state", "-force-copy")
	key := map[string]any{"Bucket": helloBucket, "Key": "hello/production/platform.tfstate"}
	if stored := aws.call(t, anybody, "s3", "HeadObject", key); stored["ServerSideEncryption"] != encryption {
		t.Errorf("the state is encrypted by %v", stored["ServerSideEncryption"])
	}
	tf.run(t, "plan", "-input=false", "-no-color", "-detailed-exitcode")

	held := map[string]any{"Bucket": helloBucket, "Key": "hello/production/platform.tfstate.tflock"}
	aws.call(t, anybody, "s3", "PutObject", map[string]any{"Bucket": held["Bucket"], "Key": held["Key"], "Body": `{"ID":"1","Operation":"OperationTypeApply","Who":"ann@host"}`})
	if _, err := tf.try("apply", "-input=false", "-no-color", "-auto-approve"); err == nil || !strings.Contains(err.Error(), "Error acquiring the state lock") {
		t.Errorf("an apply while another one holds the lock: %v", err)
	}
	aws.call(t, anybody, "s3", "DeleteObject", held)
	tf.run(t, "apply", "-input=false", "-no-color", "-auto-approve")
}

// TestBootstrapAdopts spoils what a bucket should be, one thing at a time, and finds it mended and what is others' kept.
func TestBootstrapAdopts(t *testing.T) {
	cloud := startEmulator(t, account)
	aws, app := startCaller(t, cloud), t.TempDir()
	copyFolder(t, filepath.Join(repository, "fixtures", "hello"), app)
	groundplan := newProgram(t, cloud.URL)
	key := at(t, aws.call(t, anybody, "kms", "CreateKey", map[string]any{"KeyUsage": "ENCRYPT_DECRYPT"}), "KeyMetadata.Arn").(string)
	groundplan.expect(t, 1, []string{"nothing can be encrypted with", "hint:"}, "bootstrap", "--app", app, "--kms-key", at(t, aws.call(t, anybody, "kms", "CreateKey", map[string]any{"KeyUsage": "SIGN_VERIFY", "KeySpec": "RSA_2048"}), "KeyMetadata.Arn").(string))
	groundplan.expect(t, 0, []string{"by the KMS key " + key}, "bootstrap", "--app", app, "--yes", "--kms-key", key)
	wanted := bucketSettings(t, aws)
	if !strings.Contains(fmt.Sprint(wanted["ServerSideEncryptionConfiguration"]), key) {
		t.Errorf("encryption %v", wanted["ServerSideEncryptionConfiguration"])
	}

	for name, spoil := range map[string]struct {
		operation  string
		parameters map[string]any
		says       string
	}{
		"versioning": {"PutBucketVersioning", map[string]any{"VersioningConfiguration": map[string]any{"Status": "Suspended"}}, "(now: suspended)"},
		"encryption": {"DeleteBucketEncryption", nil, "(now: none of its own)"},
		"public":     {"DeletePublicAccessBlock", nil, "public access  blocked (now: not blocked)"},
		"ownership":  {"DeleteBucketOwnershipControls", nil, "ownership"},
		"policy":     {"DeleteBucketPolicy", nil, "(now: requests without TLS are answered)"},
		"lifecycle":  {"DeleteBucketLifecycle", nil, "nothing removes old versions, unfinished uploads, marks of deletions"},
	} {
		parameters := map[string]any{"Bucket": helloBucket}
		for field, value := range spoil.parameters {
			parameters[field] = value
		}
		aws.call(t, anybody, "s3", spoil.operation, parameters)
		groundplan.expect(t, 1, []string{"changes the bucket", spoil.says}, "bootstrap", "--app", app)
		groundplan.expect(t, 0, []string{"changes the bucket"}, "bootstrap", "--app", app, "--yes")
		if now := bucketSettings(t, aws); !reflect.DeepEqual(now, wanted) {
			t.Errorf("%s is not mended: %v\nwant %v", name, now, wanted)
		}
	}

	// What others have there stays.
	aws.call(t, anybody, "s3", "PutBucketPolicy", map[string]any{"Bucket": helloBucket, "Policy": `{"Version":"2012-10-17","Id":"theirs","Statement":{"Sid":"Theirs","Effect":"Deny","Principal":"*","Action":"s3:DeleteBucket","Resource":"arn:aws:s3:::` + helloBucket + `"}}`})
	aws.call(t, anybody, "s3", "PutBucketLifecycleConfiguration", map[string]any{"Bucket": helloBucket, "LifecycleConfiguration": map[string]any{"Rules": []any{map[string]any{
		"ID": "theirs", "Status": "Enabled", "Filter": map[string]any{"Prefix": "logs/"}, "Expiration": map[string]any{"Days": 3},
	}}}})
	groundplan.expect(t, 0, nil, "bootstrap", "--app", app, "--yes")
	now := fmt.Sprint(bucketSettings(t, aws))
	for _, part := range []string{`"Sid": "Theirs"`, `"Id": "theirs"`, "GroundplanTLSOnly", "ID:theirs", "Days:3", "ID:groundplan hello/production"} {
		if !strings.Contains(now, part) {
			t.Errorf("%s is gone: %s", part, now)
		}
	}
	groundplan.expect(t, 0, []string{"is what it should be"}, "bootstrap", "--app", app)
	groundplan.expect(t, 0, nil, "generate", "--app", app)
	useBackend(t, cloud.Environment(), aws, app, "aws:kms")
}

// TestBootstrapRefuses is about buckets that are not for states.
func TestBootstrapRefuses(t *testing.T) {
	cloud := startEmulator(t, account)
	aws, app := startCaller(t, cloud), t.TempDir()
	copyFolder(t, filepath.Join(repository, "fixtures", "hello"), app)
	groundplan := newProgram(t, cloud.URL)

	other := newProgram(t, startWitness(t, cloud, "222222222222").address)
	elsewhere := t.TempDir()
	copyFolder(t, filepath.Join(repository, "fixtures", "hello"), elsewhere)
	other.expect(t, 0, []string{"account 222222222222"}, "bootstrap", "--app", elsewhere, "--bucket", helloBucket, "--yes")
	groundplan.expect(t, 3, []string{"refused: bucket " + helloBucket + " is another account's than " + account}, "bootstrap", "--app", app, "--yes")

	// In another region than the environment a bucket is found, and named with its region.
	groundplan.expect(t, 0, []string{"in eu-west-1"}, "bootstrap", "--app", app, "--bucket", "hello-elsewhere", "--region", "eu-west-1", "--yes")
	written, err := os.ReadFile(filepath.Join(app, "groundplan.hcl"))
	if err != nil || !strings.Contains(string(written), "    bucket = \"hello-elsewhere\"\n    region = \"eu-west-1\"\n") {
		t.Errorf("%v\n%s", err, written)
	}
	if place := aws.call(t, anybody, "s3", "GetBucketLocation", map[string]any{"Bucket": "hello-elsewhere"})["LocationConstraint"]; place != "eu-west-1" {
		t.Errorf("made in %v", place)
	}
	groundplan.expect(t, 0, []string{"is what it should be"}, "bootstrap", "--app", app)

	// A second environment shares the bucket: each has a folder.
	writeText(t, filepath.Join(app, "groundplan.hcl"), string(written)+"\nenvironment \"staging\" {\n  account_id = \""+account+"\"\n}\n")
	groundplan.expect(t, 0, []string{"hello/staging/", "set lifecycle"}, "bootstrap", "--app", app, "--env", "staging", "--bucket", "hello-elsewhere", "--yes")
	groundplan.expect(t, 0, []string{"is what it should be"}, "bootstrap", "--app", app, "--env", "production")
	other.expect(t, 3, []string{"refused: environment staging is in account " + account}, "bootstrap", "--app", app, "--env", "staging")

	aws.call(t, anybody, "s3", "PutObject", map[string]any{"Bucket": "hello-elsewhere", "Key": "hello/staging/services.tfstate", "Body": "a letter"})
	groundplan.expect(t, 3, []string{"hello/staging/services.tfstate", "it is no state of terraform's"}, "bootstrap", "--app", app, "--env", "staging")
}

// TestBootstrapRights makes a bucket, mends it and uses it as a user who has the rights that docs/driving.md names.
func TestBootstrapRights(t *testing.T) {
	cloud := startEmulator(t, account)
	aws, app := startCaller(t, cloud), t.TempDir()
	copyFolder(t, filepath.Join(repository, "fixtures", "hello"), app)
	policy := strings.ReplaceAll(rightsIn(t, "docs/driving.md", "## bootstrap"), "BUCKET", helloBucket)
	who := userWith(t, aws, "ann", policy, "")
	groundplan := newProgram(t, cloud.URL, "AWS_ACCESS_KEY_ID="+who.Key, "AWS_SECRET_ACCESS_KEY="+who.Secret)
	aws.call(t, anybody, "s3", "CreateBucket", map[string]any{"Bucket": "another"})
	enforce(t, cloud, true)
	defer enforce(t, cloud, false)
	groundplan.expect(t, 0, []string{"made bucket"}, "bootstrap", "--app", app, "--yes")
	groundplan.expect(t, 0, []string{"is what it should be"}, "bootstrap", "--app", app)
	if err := os.Remove(filepath.Join(app, "groundplan.hcl")); err != nil {
		t.Fatal(err)
	}
	groundplan.expect(t, 3, []string{"these credentials may not look at it", "s3:ListBucket"}, "bootstrap", "--app", app, "--bucket", "another")
}
