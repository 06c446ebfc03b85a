package resource

import (
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/groundplan/groundplan/e2e/lab/needs"
	"github.com/groundplan/groundplan/e2e/lab/runtime/infra"
)

func TestBackoff(t *testing.T) {
	number := func(n int) *int { return &n }
	for _, test := range []struct {
		language string
		receives *int
		least    string
		attempts []int // seconds after the first, second... attempt
	}{
		{needs.Go, nil, "10s", []int{20, 40, 80, 160, 320, 600, 600}},
		{needs.Go, number(3), "10s", []int{20, 40, 600}},
		{needs.Go, number(1), "10s", []int{600}},
		{needs.Go, number(0), "10s", []int{20, 40, 80}},
		{needs.Go, nil, "1ms", []int{2, 4, 8}},
		{needs.TypeScript, nil, "10s", []int{20, 600, 600}},
	} {
		subscription := needs.Subscription{MaxReceives: test.receives, MinBackoff: test.least, MaxBackoff: "10m"}
		for i, want := range test.attempts {
			if got := backoff(test.language, subscription, i+1); got != time.Duration(want)*time.Second {
				t.Errorf("%s, %s: attempt %d comes again after %v, want %d s", test.language, test.least, i+1, got, want)
			}
		}
	}
}

func TestUnwrap(t *testing.T) {
	const (
		whole = `{"Type":"Notification","MessageId":"1","TopicArn":"arn","Message":"hello","Timestamp":"2026-01-01T00:00:00Z","UnsubscribeURL":"http://x"}`
		fifo  = `{"Type":"Notification","MessageId":"1","TopicArn":"arn","Message":"hello","Timestamp":"2026-01-01T00:00:00Z"}`
	)
	for _, test := range []struct {
		body           string
		golang, script bool
	}{{whole, true, true}, {fifo, true, false}, {`hello`, false, false}, {`{"text":"raw"}`, false, false}} {
		for language, want := range map[string]bool{needs.Go: test.golang, needs.TypeScript: test.script} {
			received, err := unwrap(test.body, language)
			if (err == nil) != want || want && (received.Message != "hello" || received.MessageID != "1") {
				t.Errorf("%s: %s: %+v, %v", language, test.body, received, err)
			}
		}
	}
}

// TestConsumers is row 12 of the traps: TypeScript consumes what the configuration lists, Go what is hosted besides.
func TestConsumers(t *testing.T) {
	app := &needs.Needs{Services: []needs.Service{
		{Name: "a", Subscriptions: []needs.Subscription{{Topic: "t", Name: "a", AckDeadline: "30s"}, {Topic: "t", Name: "absent", AckDeadline: "30s"}}},
		{Name: "b", Subscriptions: []needs.Subscription{{Topic: "t", Name: "b", AckDeadline: "30s", Concurrency: 7}}},
	}}
	config := &infra.Config{Services: map[string]bool{"a": true}, Topics: map[string]infra.Topic{"t": {Queues: map[string]string{"a": "x", "b": "y"}}}}
	for language, want := range map[string]map[string]int{needs.Go: {"a": 1}, needs.TypeScript: {"a": 100, "b": 7}, needs.Container: {"a": 1}} {
		app.Language = language
		got := map[string]int{}
		for _, consumer := range (&Set{Options: Options{App: app, Config: config, Log: log.New(io.Discard, "", 0)}}).consumers() {
			got[consumer.subscription.Name] = consumer.concurrency
		}
		if len(got) != len(want) || got["a"] != want["a"] || got["b"] != want["b"] {
			t.Errorf("%s consumes %v, want %v", language, got, want)
		}
	}
}

// cloud answers every call of SNS, and refuses the attributes of the topic arn:refused.
func cloud(t *testing.T) (calls func() []http.Request) {
	t.Helper()
	var lock sync.Mutex
	var seen []http.Request
	server := httptest.NewServer(http.HandlerFunc(func(writer http.ResponseWriter, request *http.Request) {
		if err := request.ParseForm(); err != nil {
			t.Error(err)
		}
		lock.Lock()
		defer lock.Unlock()
		seen = append(seen, *request)
		if request.Form.Get("Action") == "GetTopicAttributes" && request.Form.Get("TopicArn") == "arn:refused" {
			writer.WriteHeader(http.StatusForbidden)
			fmt.Fprint(writer, `<ErrorResponse><Error><Code>AuthorizationError</Code><Message>no</Message></Error></ErrorResponse>`)
			return
		}
		fmt.Fprint(writer, `<R><PublishResult><MessageId>1</MessageId></PublishResult><GetTopicAttributesResult/></R>`)
	}))
	t.Cleanup(server.Close)
	for name, value := range map[string]string{"AWS_ENDPOINT_URL": server.URL, "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_REGION": "eu-west-1"} {
		t.Setenv(name, value)
	}
	return func() []http.Request { lock.Lock(); defer lock.Unlock(); return slices.Clone(seen) }
}

func TestTopics(t *testing.T) {
	app := &needs.Needs{Topics: []needs.Topic{{Name: "once", ExactlyOnce: true}, {Name: "ordered", OrderingAttribute: "account"}}}
	config := &infra.Config{Topics: map[string]infra.Topic{"plain": {ARN: "arn:plain"}, "once": {ARN: "arn:once"}, "ordered": {ARN: "arn:ordered"}}}
	for _, test := range []struct {
		language, topic string
		group, id       string // beginnings
	}{
		{needs.Go, "plain", "", ""},
		{needs.Go, "once", "inst_", "msg_"},
		{needs.Go, "ordered", "text", "msg_"},
		// Nothing that a FIFO topic asks for.
		{needs.TypeScript, "once", "", ""},
		{needs.TypeScript, "ordered", "", ""},
		{needs.Container, "ordered", "text", "msg_"},
	} {
		t.Run(test.language+" "+test.topic, func(t *testing.T) {
			calls := cloud(t)
			app.Language = test.language
			set := newSet(t, app, config)
			if _, err := set.Do(t.Context(), &needs.Service{}, needs.Need{Kind: "topic", Name: test.topic}, Scenario{Text: "text"}); err != nil {
				t.Fatal(err)
			}
			seen := calls()
			lookups := 0
			if test.language == needs.Go { // at the start, every topic of the configuration
				lookups = 3
			}
			if len(seen) != lookups+1 {
				t.Fatalf("%d calls, want %d", len(seen), lookups+1)
			}
			form := seen[len(seen)-1].Form
			for field, want := range map[string]string{"MessageGroupId": test.group, "MessageDeduplicationId": test.id} {
				if got := form.Get(field); (got == "") != (want == "") || !strings.HasPrefix(got, want) {
					t.Errorf("%s is %q, want %q", field, got, want)
				}
			}
		})
	}
	t.Run("Go may not look a topic up", func(t *testing.T) {
		cloud(t)
		app.Language = needs.Go
		_, err := Open(t.Context(), Options{App: app, Config: &infra.Config{Topics: map[string]infra.Topic{"t": {ARN: "arn:refused"}}}, Log: log.New(io.Discard, "", 0)})
		var fatal *infra.StartError
		if !errors.As(err, &fatal) || fatal.Code != infra.CodePanic || !strings.Contains(fatal.Text, "AuthorizationError") {
			t.Errorf("got %v, want a panic", err)
		}
	})
}

func newSet(t *testing.T, app *needs.Needs, config *infra.Config) *Set {
	t.Helper()
	set, err := Open(t.Context(), Options{App: app, Config: config, Speed: 1, Log: log.New(io.Discard, "", 0)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(set.Close)
	return set
}

// TestNotConfigured asks for what the configuration does not have.
func TestNotConfigured(t *testing.T) {
	set := newSet(t, &needs.Needs{Language: needs.TypeScript}, &infra.Config{Buckets: map[string]infra.Bucket{"private": {}}})
	service := &needs.Service{Name: "s", Caches: []needs.Cache{{Cluster: "c", Pattern: "p", Kind: "string"}}}
	for need, want := range map[needs.Need]string{
		{Kind: "database", Name: "d"}:                           "not configured to use this database",
		{Kind: "cache", Name: "c", Detail: "p"}:                 "not configured to use this cluster",
		{Kind: "topic", Name: "t"}:                              "not configured to use this topic",
		{Kind: "bucket", Name: "b", Detail: "upload"}:           "not configured to use this bucket",
		{Kind: "bucket", Name: "private", Detail: "public_url"}: "no public_base_url",
		{Kind: "secret", Name: "Key"}:                           `secret "Key" is not set`,
		{Kind: "nothing", Name: "x"}:                            "no need is a",
	} {
		if _, err := set.Do(t.Context(), service, need, Scenario{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", need, err, want)
		}
	}
}

// TestMetricsOutsideRequests is row 15 of the traps.
func TestMetricsOutsideRequests(t *testing.T) {
	for _, test := range []struct {
		language string
		used     bool
		request  bool
		want     string
	}{
		{needs.Go, false, false, "counted"},
		{needs.TypeScript, false, true, "counted"},
		{needs.TypeScript, true, false, "counted"},
		{needs.TypeScript, false, false, "dropped"},
	} {
		config := &infra.Config{UsedMetrics: map[string][]string{}}
		if test.used {
			config.UsedMetrics["m"] = []string{"s"}
		}
		set := newSet(t, &needs.Needs{Language: test.language}, config)
		got, err := set.Do(t.Context(), &needs.Service{Name: "s"}, needs.Need{Kind: "metric", Name: "m"}, Scenario{Request: test.request})
		if err != nil || got != test.want {
			t.Errorf("%+v: %s, %v", test, got, err)
		}
	}
}
