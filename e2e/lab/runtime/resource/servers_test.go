//go:build validate

package resource

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/groundplan/groundplan/e2e/lab/needs"
	"github.com/groundplan/groundplan/e2e/lab/runtime/infra"
)

// authority is a certificate authority with a certificate of the server "localhost".
type authority struct {
	pem              []byte
	certificate, key []byte // of the server
	pool             *x509.CertPool
}

func newAuthority(t *testing.T) authority {
	t.Helper()
	make := func(template, parent *x509.Certificate, signer *ecdsa.PrivateKey) (*x509.Certificate, *ecdsa.PrivateKey, []byte) {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		if parent == nil {
			parent, signer = template, key
		}
		der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
		if err != nil {
			t.Fatal(err)
		}
		parsed, err := x509.ParseCertificate(der)
		if err != nil {
			t.Fatal(err)
		}
		return parsed, key, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	}
	lifetime := func(template x509.Certificate) *x509.Certificate {
		template.NotBefore, template.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
		return &template
	}
	root, rootKey, rootPEM := make(lifetime(x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "lab"}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}), nil, nil)
	_, key, certificate := make(lifetime(x509.Certificate{SerialNumber: big.NewInt(2), DNSNames: []string{"localhost"}}), root, rootKey)
	der, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(root)
	return authority{pem: rootPEM, certificate: certificate, key: pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: der}), pool: pool}
}

// nobody is who servers run as that refuse to run as root; a folder of the test's is handed to them.
func nobody(t *testing.T, folder string) *syscall.SysProcAttr {
	t.Helper()
	if os.Getuid() != 0 {
		return nil
	}
	account, err := user.Lookup("nobody")
	if err != nil {
		t.Fatal(err)
	}
	uid, _ := strconv.Atoi(account.Uid)
	gid, _ := strconv.Atoi(account.Gid)
	err = filepath.WalkDir(folder, func(path string, _ os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Chown(path, uid, gid)
	})
	if err != nil {
		t.Fatal(err)
	}
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
}

// launch starts a server, waits until it listens, and stops it at the end.
func launch(t *testing.T, folder, address, program string, arguments ...string) {
	t.Helper()
	command := exec.CommandContext(t.Context(), program, arguments...)
	var said bytes.Buffer
	command.Dir, command.Stdout, command.Stderr, command.SysProcAttr = folder, &said, &said, nobody(t, folder)
	command.Cancel = func() error { return command.Process.Signal(syscall.SIGINT) }
	command.WaitDelay = 10 * time.Second
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { defer close(ended); _ = command.Wait() }()
	t.Cleanup(func() { <-ended })
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		if connection, err := net.Dial("tcp", address); err == nil {
			connection.Close()
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s does not listen:\n%s", program, said.String())
		}
	}
}

func freePort(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}

// socketFolder is a directory that an unprivileged server may enter, which t.TempDir is not.
func socketFolder(t *testing.T) string {
	t.Helper()
	path, err := os.MkdirTemp("", "lab")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(path); err != nil {
			t.Error(err)
		}
	})
	return path
}

func write(t *testing.T, folder string, files map[string][]byte) {
	t.Helper()
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(folder, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func openSet(t *testing.T, language string, config *infra.Config) *Set {
	t.Helper()
	set, err := Open(t.Context(), Options{App: &needs.Needs{Language: language}, Config: config, Speed: 1, Log: log.New(io.Discard, "", 0)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(set.Close)
	return set
}

// startPostgres starts PostgreSQL that speaks TLS alone, with the role svc and the database orders.
func startPostgres(t *testing.T, lab authority) string {
	t.Helper()
	programs, err := filepath.Glob("/usr/lib/postgresql/*/bin")
	if err != nil || len(programs) == 0 {
		t.Fatal("PostgreSQL is not installed: apt-get install postgresql")
	}
	bin, port, home := programs[len(programs)-1], freePort(t), socketFolder(t)
	initialize := exec.CommandContext(t.Context(), filepath.Join(bin, "initdb"), "-D", filepath.Join(home, "data"), "-U", "master", "--auth-local=trust", "-N")
	initialize.Dir, initialize.SysProcAttr = home, nobody(t, home)
	if output, err := initialize.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	write(t, filepath.Join(home, "data"), map[string][]byte{
		"server.crt": lab.certificate, "server.key": lab.key, "pg_hba.conf": fmt.Appendf(nil, "local\t%[1]s\t%[1]s\ttrust\nhostssl\t%[1]s\t%[1]s\t127.0.0.1/32\tscram-sha-256\n", "all"),
	})
	address := net.JoinHostPort("127.0.0.1", port)
	launch(t, home, address, filepath.Join(bin, "postgres"), "-D", filepath.Join(home, "data"), "-p", port, "-c", "listen_addresses=127.0.0.1", "-c", "ssl=on", "-k", home, "-F")
	for _, step := range [][2]string{
		{"postgres", `CREATE ROLE svc LOGIN PASSWORD 'secret'`}, {"postgres", `CREATE DATABASE orders`}, {"postgres", `CREATE DATABASE other`},
		{"postgres", `REVOKE ALL ON DATABASE other FROM PUBLIC`}, {"orders", `CREATE TABLE orders (id int)`},
		{"orders", `GRANT SELECT, INSERT, UPDATE, DELETE ON orders TO svc`}, {"postgres", `CREATE DATABASE half`},
		{"half", `CREATE TABLE readable (id int)`}, {"half", `GRANT SELECT ON readable TO svc`},
	} {
		command := exec.CommandContext(t.Context(), "psql", "-h", home, "-p", port, "-U", "master", "-d", step[0], "-c", step[1])
		if output, err := command.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", step[1], err, output)
		}
	}
	return port
}

// TestDatabaseOverTLS connects in every mode to a server that speaks TLS alone.
func TestDatabaseOverTLS(t *testing.T) {
	lab, other := newAuthority(t), newAuthority(t)
	port := startPostgres(t, lab)
	named, unnamed := net.JoinHostPort("localhost", port), net.JoinHostPort("127.0.0.1", port)
	tls := func(mode infra.Mode, pool *x509.CertPool) infra.TLS { return infra.TLS{Mode: mode, Roots: pool} }
	for _, test := range []struct {
		name, address string
		tls           infra.TLS
		change        func(*infra.Database)
		want          string // "" where it works
	}{
		{name: "Go with the certificate", address: named, tls: tls(infra.VerifyCA, lab.pool)},
		{name: "Go with the certificate, another name", address: unnamed, tls: tls(infra.VerifyCA, lab.pool)},
		{name: "Go with another certificate", address: named, tls: tls(infra.VerifyCA, other.pool), want: "unknown authority"},
		{name: "Go without a certificate", address: named, tls: tls(infra.Prefer, nil)},
		{name: "TypeScript with the certificate", address: named, tls: tls(infra.VerifyFull, lab.pool)},
		{name: "TypeScript with the certificate, another name", address: unnamed, tls: tls(infra.VerifyFull, lab.pool), want: "x509"},
		{name: "TypeScript without a certificate", address: named, tls: tls(infra.PreferVerified, nil), want: "x509"},
		{name: "TypeScript unverified", address: unnamed, tls: tls(infra.Unverified, nil)},
		{name: "plaintext", address: named, tls: tls(infra.Plain, nil), want: "no pg_hba.conf entry"},
		{name: "wrong password", address: named, tls: tls(infra.VerifyCA, lab.pool), change: func(d *infra.Database) { d.Password = "x" }, want: "password authentication failed"},
		{name: "another database", address: named, tls: tls(infra.VerifyCA, lab.pool), change: func(d *infra.Database) { d.Name = "other" }, want: "permission denied for database"},
		{name: "a table it may only read", address: named, tls: tls(infra.VerifyCA, lab.pool), change: func(d *infra.Database) { d.Name = "half" }, want: "permission denied for table readable"},
	} {
		t.Run(test.name, func(t *testing.T) {
			database := infra.Database{Address: test.address, Name: "orders", User: "svc", Password: "secret", Max: 2, TLS: test.tls}
			if test.change != nil {
				test.change(&database)
			}
			set := openSet(t, needs.TypeScript, &infra.Config{Databases: map[string]infra.Database{"orders": database}})
			_, err := set.Do(t.Context(), &needs.Service{}, needs.Need{Kind: "database", Name: "orders"}, Scenario{})
			if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
	t.Run("no more connections than configured", func(t *testing.T) {
		database := infra.Database{Address: named, Name: "orders", User: "svc", Password: "secret", Max: 1, TLS: tls(infra.VerifyCA, lab.pool)}
		set := openSet(t, needs.TypeScript, &infra.Config{Databases: map[string]infra.Database{"orders": database}})
		pool, err := set.pool("orders")
		if err != nil {
			t.Fatal(err)
		}
		held, err := pool.Acquire(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		defer cancel()
		// The pool has one connection, and that is taken.
		if _, err := set.useDatabase(ctx, "orders"); err == nil || ctx.Err() == nil {
			t.Errorf("a second connection: %v", err)
		}
		held.Release()
	})
}

// TestCacheOverTLS logs in as an ACL user with the rights that modules/cache gives, and uses every kind of keyspace.
func TestCacheOverTLS(t *testing.T) {
	lab, other := newAuthority(t), newAuthority(t)
	home, port := socketFolder(t), freePort(t)
	write(t, home, map[string][]byte{
		"server.crt": lab.certificate, "server.key": lab.key,
		"users.acl": []byte("user default off\nuser app on >secret resetchannels ~lab/* -@all +" + strings.Join(allowed(t), " +") + "\n"),
	})
	launch(t, home, net.JoinHostPort("127.0.0.1", port), "redis-server", "--port", "0", "--tls-port", port, "--bind", "127.0.0.1", "--tls-cert-file", "server.crt",
		"--tls-key-file", "server.key", "--tls-auth-clients", "no", "--tls-ca-cert-file", "server.crt", "--save", "", "--aclfile", "users.acl", "--dir", home)
	service := &needs.Service{}
	for _, kind := range needs.Keyspaces {
		service.Caches = append(service.Caches, needs.Cache{Cluster: "c", Pattern: "lab/" + kind + "/:key", Kind: kind})
	}
	service.Caches = append(service.Caches, needs.Cache{Cluster: "c", Pattern: "other/:key", Kind: "string"})
	use := func(t *testing.T, cache infra.Cache, pattern string) error {
		set := openSet(t, needs.TypeScript, &infra.Config{Caches: map[string]infra.Cache{"c": cache}})
		_, err := set.Do(t.Context(), service, needs.Need{Kind: "cache", Name: "c", Detail: pattern}, Scenario{})
		return err
	}
	good := infra.Cache{Address: net.JoinHostPort("localhost", port), User: "app", Password: "secret", TLS: infra.TLS{Mode: infra.VerifyFull, Roots: lab.pool}}
	for _, kind := range needs.Keyspaces {
		if err := use(t, good, "lab/"+kind+"/:key"); err != nil {
			t.Errorf("%s: %v", kind, err)
		}
	}
	for _, test := range []struct {
		name    string
		change  func(*infra.Cache)
		pattern string
		want    string
	}{
		{"another's keys", func(*infra.Cache) {}, "other/:key", "NOPERM"},
		{"wrong password", func(c *infra.Cache) { c.Password = "x" }, "lab/string/:key", "WRONGPASS"},
		{"nobody", func(c *infra.Cache) { c.User, c.Password = "", "" }, "lab/string/:key", "NOAUTH"},
		{"system's roots", func(c *infra.Cache) { c.TLS.Roots = nil }, "lab/string/:key", "x509"},
		{"another authority", func(c *infra.Cache) { c.TLS.Roots = other.pool }, "lab/string/:key", "x509"},
		{"another name", func(c *infra.Cache) { c.Address = net.JoinHostPort("127.0.0.1", port) }, "lab/string/:key", "x509"},
		{"plaintext", func(c *infra.Cache) { c.TLS = infra.TLS{} }, "lab/string/:key", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			cache := good
			test.change(&cache)
			if err := use(t, cache, test.pattern); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

// allowed are the commands that modules/cache lets its users send, as its README lists them.
func allowed(t *testing.T) []string {
	t.Helper()
	readme, err := os.ReadFile(filepath.Join("..", "..", "..", "..", "modules", "cache", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(readme), "| `commands` | `list(string)` | `[")
	list, _, closed := strings.Cut(rest, "]")
	if !found || !closed {
		t.Fatal("the README of modules/cache lists no commands")
	}
	return strings.Split(strings.ReplaceAll(list, "\"", ""), ",")
}
