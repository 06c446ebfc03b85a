//go:build validate

package e2e_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha3"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"
)

// checkPlatform is Encore's Go runtime's check of requests of its platform, written anew from its description: the
// number of the key in front, then a MAC over date and decoded path, 15 minutes of leeway.
func checkPlatform(header http.Header, path string, keys map[uint32]string, now time.Time) error {
	token, err := base64.RawStdEncoding.DecodeString(header.Get("X-Encore-Auth"))
	if err != nil || len(token) != 4+sha256.Size {
		return fmt.Errorf("X-Encore-Auth is %q", header.Get("X-Encore-Auth"))
	}
	key, known := keys[binary.BigEndian.Uint32(token)]
	if !known {
		return fmt.Errorf("no key %d", binary.BigEndian.Uint32(token))
	}
	date, err := http.ParseTime(header.Get("Date"))
	if err != nil || now.Sub(date).Abs() > 15*time.Minute {
		return fmt.Errorf("expired: %q", header.Get("Date"))
	}
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(header.Get("Date") + "\x00" + path))
	if !hmac.Equal(mac.Sum(nil), token[4:]) {
		return fmt.Errorf("wrong signature")
	}
	return nil
}

// signedByServices are the headers a signature between services covers, in the order it covers them.
var signedByServices = []string{"x-correlation-id", "x-encore-meta-authdata", "x-encore-meta-callee", "x-encore-meta-caller", "x-encore-meta-userid", "x-encore-meta-version"}

// serviceAuth takes the signature of calls between services apart: credential (day, application, environment, number of
// the key), operation, signature.
var serviceAuth = regexp.MustCompile(`^ENCORE1-HMAC-SHA3-256 cred="(([0-9]{8})/([^/"]+)/([^/"]+)/([0-9]+))", op=([0-9a-f]{64}), sig=([0-9a-f]{64})$`)

// checkService is Encore's TypeScript runtime's check of calls between services, written anew from its description: a
// hash of its own headers, a MAC by a key derived for the day, the application and the environment, 2 minutes of leeway.
func checkService(header http.Header, keys map[string]string, now time.Time) error {
	if header.Get("X-Encore-Meta-Version") != "1" || header.Get("X-Encore-Meta-Svc-Auth-Method") != "encore-auth" {
		return fmt.Errorf("version %q, method %q", header.Get("X-Encore-Meta-Version"), header.Get("X-Encore-Meta-Svc-Auth-Method"))
	}
	// Of the kinds of callers, gateways may not call private endpoints.
	if kind, name, _ := strings.Cut(header.Get("X-Encore-Meta-Caller"), ":"); kind != "encore" || name == "" {
		return fmt.Errorf("caller %q", header.Get("X-Encore-Meta-Caller"))
	}
	date, err := http.ParseTime(header.Get("X-Encore-Meta-Date"))
	if err != nil || now.Sub(date).Abs() > 2*time.Minute {
		return fmt.Errorf("expired: %q", header.Get("X-Encore-Meta-Date"))
	}
	fields := serviceAuth.FindStringSubmatch(header.Get("X-Encore-Meta-Svc-Auth"))
	if fields == nil || fields[2] != date.UTC().Format("20060102") {
		return fmt.Errorf("X-Encore-Meta-Svc-Auth is %q", header.Get("X-Encore-Meta-Svc-Auth"))
	}
	credential, operation, signature := fields[1], fields[6], fields[7]
	key, known := keys[fields[5]]
	if !known {
		return fmt.Errorf("no key %s", fields[5])
	}
	derived := []byte("ENCORE1" + key)
	digest := "ENCORE1-HMAC-SHA3-256\n" + date.UTC().Format(time.RFC3339) + "\n" + credential + "\n" + operation
	for _, part := range []string{fields[2], fields[3], fields[4], "encore_request", digest} {
		mac := hmac.New(func() hash.Hash { return sha3.New256() }, derived)
		mac.Write([]byte(part))
		derived = mac.Sum(nil)
	}
	if given, err := hex.DecodeString(signature); err != nil || !hmac.Equal(given, derived) {
		return fmt.Errorf("wrong signature")
	}
	headers := sha3.New256()
	for _, name := range signedByServices {
		for _, value := range slices.Sorted(slices.Values(header.Values(name))) {
			fmt.Fprintf(headers, "%s=%s\n", name, value)
		}
	}
	whole := sha3.New256()
	whole.Write([]byte("internal-apicall\x00"))
	_ = binary.Write(whole, binary.LittleEndian, uint32(headers.Size()))
	whole.Write(headers.Sum(nil))
	if hex.EncodeToString(whole.Sum(nil)) != operation {
		return fmt.Errorf("another operation was signed")
	}
	return nil
}
