package encoreauth

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

var signedAt = time.Date(2026, 3, 1, 4, 0, 0, 0, time.UTC)

func call() http.Header {
	header := http.Header{}
	header.Set(Caller, "api:orders.Place")
	header.Set(Callee, "users.Get")
	header.Set(UserID, "42")
	return header
}

func TestServices(t *testing.T) {
	first, second := Key{1, "one"}, Key{2, "two"}
	base := Service{Application: "shop", Environment: "production", Keys: []Key{first}}
	for _, test := range []struct {
		name   string
		change func(signer, verifier *Service, header http.Header) // after the signature, but for changes of the signer
		later  time.Duration
		want   string // "" where it verifies
		ts     string // in TypeScript, where it differs
	}{
		{name: "as it is"},
		{name: "119 seconds", later: 119 * time.Second},
		{name: "121 seconds", later: 121 * time.Second, want: "expired"},
		{name: "from the future", later: -121 * time.Second, want: "expired"},
		{name: "another key", change: func(s, v *Service, _ http.Header) { s.Keys = []Key{{1, "other"}} }, want: "wrong signature"},
		{name: "another number", change: func(s, v *Service, _ http.Header) { s.Keys = []Key{{7, "one"}} }, want: "unknown key 7"},
		{name: "another application", change: func(s, v *Service, _ http.Header) { s.Application = "other" }, want: "signed for other/production"},
		{name: "another environment", change: func(s, v *Service, _ http.Header) { s.Environment = "staging" }, want: "signed for shop/staging"},
		{name: "another caller", change: func(_, _ *Service, h http.Header) { h.Set(Caller, "app:x") }, want: "another operation"},
		{name: "another user", change: func(_, _ *Service, h http.Header) { h.Set(UserID, "1") }, want: "another operation"},
		{name: "an added correlation", change: func(_, _ *Service, h http.Header) { h.Set(Correlation, "x") }, want: "another operation"},
		{name: "no signature", change: func(_, _ *Service, h http.Header) { h.Del(Signature) }, want: "invalid signature"},
		{name: "noop", change: func(_, _ *Service, h http.Header) { h.Set(Method, Noop) }, want: "unknown method"},
		{name: "no version", change: func(_, _ *Service, h http.Header) { h.Del(Version) }, want: "unknown version"},
		{name: "no keys at all", change: func(s, v *Service, _ http.Header) { s.Keys, v.Keys = nil, nil }},
		{name: "no keys at the signer", change: func(s, v *Service, _ http.Header) { s.Keys = nil }, want: "unknown method"},
		{name: "no keys at the verifier", change: func(s, v *Service, _ http.Header) { v.Keys = nil }, want: "unknown method"},
		// Facts of several keys: the highest signs in Go and any verifies; TypeScript knows the first entry alone.
		{name: "a new key of a lower number first", change: func(s, v *Service, _ http.Header) { v.Keys = []Key{{0, "zero"}, first} }, ts: "unknown key 1"},
		{name: "a new key behind", change: func(s, v *Service, _ http.Header) { v.Keys = []Key{first, second} }},
		{name: "the highest signs", change: func(s, v *Service, _ http.Header) { s.Keys = []Key{first, second} }, want: "unknown key 2", ts: "-"},
		{name: "the other language", change: func(s, v *Service, _ http.Header) { v.TypeScript = !s.TypeScript }, want: "another operation"},
	} {
		for _, typescript := range []bool{false, true} {
			t.Run(test.name+map[bool]string{false: " go", true: " typescript"}[typescript], func(t *testing.T) {
				signer, header, want := base, call(), test.want
				signer.TypeScript = typescript
				verifier := signer
				if typescript && test.ts != "" {
					want = strings.TrimPrefix(test.ts, "-")
				}
				if test.change != nil {
					test.change(&signer, &verifier, http.Header{})
				}
				signer.Sign(header, signedAt)
				if test.change != nil {
					test.change(&Service{}, &Service{}, header)
				}
				err := verifier.Verify(header, signedAt.Add(test.later))
				if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
					t.Errorf("got %v, want %q", err, want)
				}
			})
		}
	}
}

func TestPlatform(t *testing.T) {
	keys := []Key{{258, "a-key"}, {3, "another"}}
	for _, test := range []struct {
		name, path string
		key        Key
		keys       []Key
		later      time.Duration
		change     func(http.Header)
		want       string
	}{
		{name: "as it is", key: keys[0]},
		{name: "the other key", key: keys[1]},
		{name: "another path", key: keys[0], path: "/users", want: "wrong signature"},
		{name: "another text", key: Key{258, "x"}, want: "wrong signature"},
		{name: "another number", key: Key{4, "a-key"}, want: "unknown key 4"},
		{name: "late", key: keys[0], later: 16 * time.Minute, want: "expired"},
		{name: "not late", key: keys[0], later: 14 * time.Minute},
		{name: "another date", key: keys[0], change: func(h http.Header) { h.Set("Date", signedAt.Add(time.Second).Format(http.TimeFormat)) }, want: "wrong signature"},
		{name: "cut off", key: keys[0], change: func(h http.Header) { h.Set(Platform, h.Get(Platform)[:20]) }, want: "X-Encore-Auth is"},
	} {
		t.Run(test.name, func(t *testing.T) {
			header := http.Header{}
			SignPlatform(header, "/shop.Cleanup", test.key, signedAt)
			if test.change != nil {
				test.change(header)
			}
			path := "/shop.Cleanup"
			if test.path != "" {
				path = test.path
			}
			err := VerifyPlatform(header, path, keys, signedAt.Add(test.later))
			if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

// A request that modules/cron/signer/signer.py signed, so that the package holds against something it did not write.
func TestSignedBySomebodyElse(t *testing.T) {
	header := http.Header{}
	for name, value := range signedByPython {
		header.Set(name, value)
	}
	service := Service{TypeScript: true, Application: "shop", Environment: "production", Keys: []Key{{258, "a-key-of-which-every-byte-counts"}}}
	if err := service.Verify(header, time.Unix(1772337600, 0)); err != nil {
		t.Error(err)
	}
	if !Internal(header.Get(Caller)) || Internal("gateway:api-gateway") || Internal("app:") || Internal("") {
		t.Error("the wrong callers are internal")
	}
}

var signedByPython = map[string]string{
	"x-correlation-id":              "shop-production-cleanup/2026-03-01T04:00:00Z",
	"x-encore-meta-caller":          "encore:cron",
	"x-encore-meta-version":         "1",
	"x-encore-meta-svc-auth-method": "encore-auth",
	"x-encore-meta-svc-auth": `ENCORE1-HMAC-SHA3-256 cred="20260301/shop/production/258", op=fb54570c82a30f750d0d7e1eb7fd0f66269c7ee8165c6d725f546e3a4ad30eb0, ` +
		`sig=a1e351e3579afe3a398c418ae1268ad00d8f1578cbaafef69d98dbd020e93fcf`,
	"x-encore-meta-date": "Sun, 01 Mar 2026 04:00:00 GMT",
}
