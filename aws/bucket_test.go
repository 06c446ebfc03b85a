package aws

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
)

// speaking is a client of a server on 127.0.0.1 that answers each request by its method and query, and what it was asked: method,
// path, query, region and body.
func speaking(t *testing.T, region string, answer func(r *http.Request) (status int, header map[string]string, body string)) (*Client, *[]string) {
	t.Helper()
	var asked []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		_, scope, _ := strings.Cut(r.Header.Get("Authorization"), "Credential=key/")
		asked = append(asked, fmt.Sprintf("%s %s?%s %s owner=%s %s", r.Method, r.URL.Path, r.URL.RawQuery, strings.Split(scope+"//", "/")[1], r.Header.Get("X-Amz-Expected-Bucket-Owner"), body))
		status, header, text := answer(r)
		for name, value := range header {
			w.Header().Set(name, value)
		}
		w.WriteHeader(status)
		fmt.Fprint(w, text)
	}))
	t.Cleanup(server.Close)
	answering(t, 200, "") // sets the environment
	t.Setenv("AWS_ENDPOINT_URL", server.URL)
	client, err := Open(t.Context(), region)
	if err != nil {
		t.Fatal(err)
	}
	return client, &asked
}

const nobody = "<Error><Code>%s</Code><Message>m</Message></Error>"

func TestCreateBucketNamesItsRegion(t *testing.T) {
	for region, want := range map[string]string{"us-east-1": "", "eu-west-1": "<LocationConstraint>eu-west-1</LocationConstraint>"} {
		client, asked := speaking(t, region, func(*http.Request) (int, map[string]string, string) { return 200, nil, "" })
		if err := client.CreateBucket(t.Context(), "states"); err != nil {
			t.Fatal(err)
		}
		if len(*asked) != 1 || !strings.HasPrefix((*asked)[0], "PUT /states?") || strings.Contains((*asked)[0], "LocationConstraint") != (want != "") || !strings.Contains((*asked)[0], want) {
			t.Errorf("%s: %q", region, *asked)
		}
	}
}

func TestCreateBucketThatIsThere(t *testing.T) {
	for code, taken := range map[string]bool{"BucketAlreadyOwnedByYou": false, "BucketAlreadyExists": true} {
		client, _ := speaking(t, "eu-west-1", func(*http.Request) (int, map[string]string, string) { return 409, nil, fmt.Sprintf(nobody, code) })
		if err := client.CreateBucket(t.Context(), "states"); errors.Is(err, ErrBucketTaken) != taken || (err != nil) != taken {
			t.Errorf("%s: %v", code, err)
		}
	}
	client, _ := speaking(t, "eu-west-1", func(*http.Request) (int, map[string]string, string) {
		return 409, nil, fmt.Sprintf(nobody, "OperationAborted")
	})
	err := client.CreateBucket(t.Context(), "states")
	if message, hints := Explain(err); !strings.Contains(message, "still busy") || len(hints) != 1 {
		t.Errorf("%s %q", message, hints)
	}
}

func TestFindBucket(t *testing.T) {
	for _, test := range []struct {
		status int
		found  bool
		denied bool
	}{{404, false, false}, {403, false, true}} {
		client, asked := speaking(t, "eu-west-1", func(*http.Request) (int, map[string]string, string) { return test.status, nil, "" })
		bucket, err := client.FindBucket(t.Context(), "states", "123456789012")
		if (bucket != nil) != test.found || errors.Is(err, ErrBucketDenied) != test.denied || (err != nil) != test.denied || len(*asked) != 1 {
			t.Errorf("%d: %v, %v, %q", test.status, bucket, err, *asked)
		}
	}
}

// unset is what S3 answers about a bucket of which nothing was set.
func unset(r *http.Request) (int, map[string]string, string) {
	for parameter, code := range map[string]string{
		"encryption": "ServerSideEncryptionConfigurationNotFoundError", "publicAccessBlock": "NoSuchPublicAccessBlockConfiguration", "ownershipControls": "OwnershipControlsNotFoundError",
		"website": "NoSuchWebsiteConfiguration", "policy": "NoSuchBucketPolicy", "lifecycle": "NoSuchLifecycleConfiguration",
	} {
		if r.URL.Query().Has(parameter) {
			return 404, nil, fmt.Sprintf(nobody, code)
		}
	}
	return 200, map[string]string{"Content-Type": "application/xml"}, "<R/>"
}

// TestFindBucketElsewhere follows S3 to the region of a bucket, with the owner in every question.
func TestFindBucketElsewhere(t *testing.T) {
	client, asked := speaking(t, "us-east-1", func(r *http.Request) (int, map[string]string, string) {
		if r.Method == http.MethodHead && strings.Contains(r.Header.Get("Authorization"), "us-east-1") {
			return 301, map[string]string{"X-Amz-Bucket-Region": "eu-west-1"}, ""
		}
		return unset(r)
	})
	bucket, err := client.FindBucket(t.Context(), "states", "123456789012")
	if err != nil || bucket.Region != "eu-west-1" || bucket.Versioning != "" || bucket.Encryption != "" || bucket.Blocked || bucket.Website || bucket.Policy != "" || bucket.Lifecycle.Rules != nil {
		t.Errorf("%+v, %v", bucket, err)
	}
	for i, question := range *asked {
		if i > 0 && !strings.Contains(question, " eu-west-1 ") || !strings.Contains(question, "owner=123456789012") {
			t.Error(question)
		}
	}
}

func TestFindBucketReadsAll(t *testing.T) {
	answers := map[string]string{
		"versioning":        "<V><Status>Suspended</Status><MfaDelete>Enabled</MfaDelete></V>",
		"encryption":        "<S><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>aws:kms</SSEAlgorithm><KMSMasterKeyID>k</KMSMasterKeyID></ApplyServerSideEncryptionByDefault><BucketKeyEnabled>true</BucketKeyEnabled></Rule></S>",
		"publicAccessBlock": "<P><BlockPublicAcls>true</BlockPublicAcls><IgnorePublicAcls>true</IgnorePublicAcls><BlockPublicPolicy>true</BlockPublicPolicy><RestrictPublicBuckets>true</RestrictPublicBuckets></P>",
		"ownershipControls": "<O><Rule><ObjectOwnership>BucketOwnerEnforced</ObjectOwnership></Rule></O>",
		"acl":               `<A><Owner><ID>me</ID></Owner><AccessControlList><Grant><Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="Group"><URI>http://acs.amazonaws.com/groups/global/AllUsers</URI></Grantee><Permission>READ</Permission></Grant></AccessControlList></A>`,
		"website":           "<W/>",
		"policy":            `{"Statement":[]}`,
		"lifecycle": "<L><Rule><ID>a</ID><Prefix>p/</Prefix><Status>Enabled</Status><Transition><Days>1</Days><StorageClass>GLACIER</StorageClass></Transition></Rule>" +
			"<Rule><ID>b</ID><Filter><And><Prefix>q/</Prefix><Tag><Key>k</Key><Value>v</Value></Tag></And></Filter><Status>Disabled</Status><Expiration><Days>3</Days></Expiration></Rule>" +
			"<Rule><ID>c</ID><Filter><Prefix></Prefix></Filter><Status>Enabled</Status><Transition><Days>30</Days><StorageClass>STANDARD_IA</StorageClass></Transition><NoncurrentVersionExpiration><NoncurrentDays>9</NoncurrentDays></NoncurrentVersionExpiration>" +
			"<AbortIncompleteMultipartUpload><DaysAfterInitiation>2</DaysAfterInitiation></AbortIncompleteMultipartUpload><Expiration><ExpiredObjectDeleteMarker>true</ExpiredObjectDeleteMarker></Expiration></Rule></L>",
	}
	client, asked := speaking(t, "eu-west-1", func(r *http.Request) (int, map[string]string, string) {
		for parameter, body := range answers {
			if r.URL.Query().Has(parameter) {
				return 200, map[string]string{"X-Amz-Transition-Default-Minimum-Object-Size": "varies_by_storage_class"}, body
			}
		}
		return 200, nil, ""
	})
	bucket, err := client.FindBucket(t.Context(), "states", "1")
	if err != nil {
		t.Fatal(err)
	}
	got := fmt.Sprint(bucket.Versioning, bucket.MFADelete, bucket.Encryption, bucket.Key, bucket.BucketKey, bucket.Blocked, bucket.Ownership, bucket.Granted, bucket.Website, bucket.Policy)
	if want := fmt.Sprint("Suspended", true, "aws:kms", "k", true, true, "BucketOwnerEnforced", true, true, `{"Statement":[]}`); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	var rules []string
	for _, rule := range bucket.Lifecycle.Rules {
		rules = append(rules, fmt.Sprintf("%s %s narrow=%t enabled=%t expires=%t old=%d abort=%d markers=%t", rule.ID, rule.Prefix, rule.Narrow, rule.Enabled, rule.Expires, rule.OldDays, rule.AbortDays, rule.Markers))
	}
	want := []string{
		"a p/ narrow=false enabled=true expires=true old=0 abort=0 markers=false", "b q/ narrow=true enabled=false expires=true old=0 abort=0 markers=false",
		"c  narrow=false enabled=true expires=false old=9 abort=2 markers=true",
	}
	if !slices.Equal(rules, want) {
		t.Errorf("got %q, want %q", rules, want)
	}

	// Rules that are put back are what they were, whatever a LifecycleRule tells of them.
	*asked = nil
	if err := client.SetLifecycle(t.Context(), bucket, append(bucket.Lifecycle.Rules, LifecycleRule{ID: "ours", Prefix: "s/", OldDays: 5, AbortDays: 6, Markers: true})); err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"<StorageClass>GLACIER</StorageClass>", "<StorageClass>STANDARD_IA</StorageClass>", "<Key>k</Key>", "<Status>Disabled</Status>",
		"<ID>ours</ID>", "<Prefix>s/</Prefix>", "<NoncurrentDays>5</NoncurrentDays>", "<DaysAfterInitiation>6</DaysAfterInitiation>", "owner=1"} {
		if !strings.Contains((*asked)[0], part) {
			t.Errorf("%s is not in %s", part, (*asked)[0])
		}
	}
}

func TestReadObject(t *testing.T) {
	client, _ := speaking(t, "eu-west-1", func(r *http.Request) (int, map[string]string, string) {
		if r.URL.Path == "/states/there" {
			return 200, nil, "content"
		}
		return 404, nil, fmt.Sprintf(nobody, "NoSuchKey")
	})
	bucket := &Bucket{Name: "states", Region: "eu-west-1", Owner: "1"}
	if content, found, err := client.ReadObject(t.Context(), bucket, "there"); string(content) != "content" || !found || err != nil {
		t.Errorf("%s, %v, %v", content, found, err)
	}
	if _, found, err := client.ReadObject(t.Context(), bucket, "gone"); found || err != nil {
		t.Errorf("%v, %v", found, err)
	}
}

func TestCheckKey(t *testing.T) {
	const arn = "arn:aws:kms:eu-west-1:1:key/a"
	for metadata, want := range map[string]string{
		`"KeyState":"Enabled","KeySpec":"SYMMETRIC_DEFAULT","KeyUsage":"ENCRYPT_DECRYPT","Arn":"` + arn + `"`:           "",
		`"KeyState":"PendingDeletion","KeySpec":"SYMMETRIC_DEFAULT","KeyUsage":"ENCRYPT_DECRYPT","Arn":"` + arn + `"`:   "its state is PendingDeletion",
		`"KeyState":"Enabled","KeySpec":"RSA_2048","KeyUsage":"ENCRYPT_DECRYPT","Arn":"` + arn + `"`:                    "it is for ENCRYPT_DECRYPT by RSA_2048",
		`"KeyState":"Enabled","KeySpec":"HMAC_256","KeyUsage":"GENERATE_VERIFY_MAC","Arn":"` + arn + `"`:                "it is for GENERATE_VERIFY_MAC by HMAC_256",
		`"KeyState":"Enabled","KeySpec":"SYMMETRIC_DEFAULT","KeyUsage":"ENCRYPT_DECRYPT","Arn":"arn:aws:kms:x:1:key/b"`: "it is arn:aws:kms:x:1:key/b",
	} {
		client, _ := speaking(t, "eu-west-1", func(*http.Request) (int, map[string]string, string) {
			return 200, map[string]string{"Content-Type": "application/x-amz-json-1.1"}, `{"KeyMetadata":{"KeyId":"a",` + metadata + `}}`
		})
		if got, err := client.CheckKey(t.Context(), arn); got != want || err != nil {
			t.Errorf("%s: %q, %v", metadata, got, err)
		}
	}
}
