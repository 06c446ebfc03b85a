// Package encoreauth signs requests and checks signatures as Encore's runtimes do, written from a description of theirs:
// calls between services ("encore-auth", which Go and TypeScript spell differently) and calls of the platform, as cron
// jobs make them.
package encoreauth

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
	"strconv"
	"strings"
	"time"
)

// Headers of calls between services.
const (
	Version     = "X-Encore-Meta-Version"
	Caller      = "X-Encore-Meta-Caller"
	Callee      = "X-Encore-Meta-Callee"
	UserID      = "X-Encore-Meta-UserID"
	AuthData    = "X-Encore-Meta-AuthData"
	Method      = "X-Encore-Meta-Svc-Auth-Method"
	Signature   = "X-Encore-Meta-Svc-Auth"
	Date        = "X-Encore-Meta-Date"
	Correlation = "X-Correlation-ID"
	Platform    = "X-Encore-Auth"
)

// Methods of authenticating a call between services.
const (
	Signed = "encore-auth"
	Noop   = "noop" // without keys in the configuration: everybody is believed
)

// Leeway of the two clocks.
const (
	serviceSkew  = 2 * time.Minute
	platformSkew = 15 * time.Minute
)

// Key is one entry of auth in the configuration.
type Key struct {
	ID   uint32
	Text string // its bytes are the key, as they are
}

// Service is who signs and verifies: the processes of an application have the same in every field but Keys, whose
// order matters to TypeScript.
type Service struct {
	TypeScript  bool
	Application string // metadata.app_id
	Environment string // metadata.env_name
	Keys        []Key
}

const algorithm = "ENCORE1-HMAC-SHA3-256"

// covered are the headers a signature covers, in the order it covers them.
var covered = []string{Correlation, AuthData, Callee, Caller, UserID, Version}

// shape takes a signature apart: credential (day, application, environment, number of the key), operation, MAC.
var shape = regexp.MustCompile(`^ENCORE1-HMAC-SHA3-256 cred="(([0-9]{8})/([^/"]+)/([^/"]+)/([0-9]+))", op=([0-9a-f]{64}), sig=([0-9a-f]{64})$`)

// Sign adds version, date and signature to the headers of a call. The key of the highest number signs; in TypeScript the
// only one it knows, the first.
func (s Service) Sign(header http.Header, now time.Time) {
	header.Set(Version, "1")
	if len(s.Keys) == 0 {
		header.Set(Method, Noop)
		return
	}
	key := s.Keys[0]
	if !s.TypeScript {
		key = slices.MaxFunc(s.Keys, func(a, b Key) int { return int(int64(a.ID) - int64(b.ID)) })
	}
	header.Set(Method, Signed)
	header.Set(Date, now.UTC().Format(http.TimeFormat))
	day := now.UTC().Format("20060102")
	credential := fmt.Sprintf("%s/%s/%s/%d", day, s.Application, s.Environment, key.ID)
	operation := s.operation(header)
	mac := s.mac(key, now, credential, operation)
	header.Set(Signature, fmt.Sprintf(`%s cred=%q, op=%s, sig=%s`, algorithm, credential, operation, hex.EncodeToString(mac)))
}

// Verify checks the headers of a call. Any listed key verifies in Go; TypeScript consults the first entry alone.
func (s Service) Verify(header http.Header, now time.Time) error {
	if header.Get(Version) != "1" {
		return fmt.Errorf("unknown version %q", header.Get(Version))
	}
	if len(s.Keys) == 0 {
		if header.Get(Method) != Noop {
			return fmt.Errorf("unknown method %q", header.Get(Method))
		}
		return nil
	}
	if header.Get(Method) != Signed {
		return fmt.Errorf("unknown method %q", header.Get(Method))
	}
	date, err := http.ParseTime(header.Get(Date))
	if err != nil || now.Sub(date).Abs() > serviceSkew {
		return fmt.Errorf("expired: %q", header.Get(Date))
	}
	fields := shape.FindStringSubmatch(header.Get(Signature))
	if fields == nil || fields[2] != date.UTC().Format("20060102") {
		return fmt.Errorf("invalid signature: %q", header.Get(Signature))
	}
	credential, operation, signature := fields[1], fields[6], fields[7]
	if fields[3] != s.Application || fields[4] != s.Environment {
		return fmt.Errorf("signed for %s/%s, this is %s/%s", fields[3], fields[4], s.Application, s.Environment)
	}
	key, known := s.key(fields[5])
	if !known {
		return fmt.Errorf("unknown key %s", fields[5])
	}
	if given, err := hex.DecodeString(signature); err != nil || !hmac.Equal(given, s.mac(key, date, credential, operation)) {
		return fmt.Errorf("wrong signature")
	}
	if s.operation(header) != operation {
		return fmt.Errorf("another operation was signed")
	}
	return nil
}

func (s Service) key(id string) (Key, bool) {
	number, err := strconv.ParseUint(id, 10, 32)
	for i, key := range s.Keys {
		if err == nil && key.ID == uint32(number) && (i == 0 || !s.TypeScript) {
			return key, true
		}
	}
	return Key{}, false
}

// operation is the hash of what a signature covers. Rust hashes the whole names of headers, in lower case, and writes
// type and method together; Go hashes what comes after the common prefix, and puts a NUL between the two.
func (s Service) operation(header http.Header) string {
	headers := sha3.New256()
	for _, name := range covered {
		written := strings.ToLower(name)
		if !s.TypeScript {
			written = strings.TrimPrefix(name, "X-Encore-Meta-")
		}
		for _, value := range slices.Sorted(slices.Values(header.Values(name))) {
			fmt.Fprintf(headers, "%s=%s\n", written, value)
		}
	}
	whole := sha3.New256()
	if s.TypeScript {
		whole.Write([]byte("internal-apicall\x00"))
	} else {
		whole.Write([]byte("internal-api\x00call\x00"))
	}
	_ = binary.Write(whole, binary.LittleEndian, uint32(headers.Size()))
	whole.Write(headers.Sum(nil))
	return hex.EncodeToString(whole.Sum(nil))
}

// mac is a MAC by a key that is derived for the day, the application and the environment.
func (s Service) mac(key Key, date time.Time, credential, operation string) []byte {
	derived := []byte("ENCORE1" + key.Text)
	digest := algorithm + "\n" + date.UTC().Format(time.RFC3339) + "\n" + credential + "\n" + operation
	for _, part := range []string{date.UTC().Format("20060102"), s.Application, s.Environment, "encore_request", digest} {
		mac := hmac.New(func() hash.Hash { return sha3.New256() }, derived)
		mac.Write([]byte(part))
		derived = mac.Sum(nil)
	}
	return derived
}

// SignPlatform adds what Go's runtime checks of requests of its platform: a MAC over date and decoded path.
func SignPlatform(header http.Header, path string, key Key, now time.Time) {
	header.Set("Date", now.UTC().Format(http.TimeFormat))
	token := binary.BigEndian.AppendUint32(nil, key.ID)
	token = append(token, platformMAC(key, header.Get("Date"), path)...)
	header.Set(Platform, base64.RawStdEncoding.EncodeToString(token))
}

// VerifyPlatform checks a request of the platform: the number of the key in front, then the MAC, 15 minutes of leeway.
func VerifyPlatform(header http.Header, path string, keys []Key, now time.Time) error {
	token, err := base64.RawStdEncoding.DecodeString(header.Get(Platform))
	if err != nil || len(token) != 4+sha256.Size {
		return fmt.Errorf("%s is %q", Platform, header.Get(Platform))
	}
	id := binary.BigEndian.Uint32(token)
	index := slices.IndexFunc(keys, func(key Key) bool { return key.ID == id })
	if index < 0 {
		return fmt.Errorf("unknown key %d", id)
	}
	date, err := http.ParseTime(header.Get("Date"))
	if err != nil || now.Sub(date).Abs() > platformSkew {
		return fmt.Errorf("expired: %q", header.Get("Date"))
	}
	if !hmac.Equal(platformMAC(keys[index], header.Get("Date"), path), token[4:]) {
		return fmt.Errorf("wrong signature")
	}
	return nil
}

func platformMAC(key Key, date, path string) []byte {
	mac := hmac.New(sha256.New, []byte(key.Text))
	mac.Write([]byte(date + "\x00" + path))
	return mac.Sum(nil)
}

// Internal reports whether a caller is one that may reach private endpoints: everybody but gateways.
func Internal(caller string) bool {
	kind, name, _ := strings.Cut(caller, ":")
	return name != "" && slices.Contains([]string{"api", "pubsub", "app", "encore"}, kind)
}
