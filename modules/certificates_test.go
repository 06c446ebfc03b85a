package modules_test

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// certificateFolders hold the same files: a module folder stands alone in somebody's repository, so each database
// module carries its own.
var certificateFolders = []string{
	filepath.Join("database-server", "certificates"),
	filepath.Join("database-cluster", "certificates"),
}

var regionName = regexp.MustCompile(`^[a-z]{2}(-[a-z]+)+-[0-9]$`)

func TestD1_RootCertificates(t *testing.T) {
	first := readFolder(t, certificateFolders[0])
	if len(first) < 20 {
		t.Fatalf("%s holds %d certificates, fewer than AWS has had regions for years", certificateFolders[0], len(first))
	}
	for region, content := range first {
		if err := checkRoot(region, content, time.Now()); err != nil {
			t.Errorf("%s: %v", region, err)
		}
	}

	second := readFolder(t, certificateFolders[1])
	if len(second) != len(first) {
		t.Errorf("%s holds %d certificates, %s %d", certificateFolders[0], len(first), certificateFolders[1], len(second))
	}
	for region, content := range second {
		if !bytes.Equal(content, first[region]) {
			t.Errorf("%s.pem differs between the two database modules", region)
		}
	}
}

// The table in each README lets a reader compare what is vendored with what AWS publishes.
func TestD1_RootCertificateFingerprintsAreListed(t *testing.T) {
	for _, folder := range certificateFolders {
		readme, err := os.ReadFile(filepath.Join(filepath.Dir(folder), "README.md"))
		if err != nil {
			t.Fatal(err)
		}
		for region, content := range readFolder(t, folder) {
			block, _ := pem.Decode(content)
			if block == nil {
				t.Errorf("%s/%s.pem holds no PEM block", folder, region)
				continue
			}
			sum := sha256.Sum256(block.Bytes)
			row := fmt.Sprintf("| %s | `%s` |", region, hex.EncodeToString(sum[:]))
			if !strings.Contains(string(readme), row) {
				t.Errorf("%s: README.md lacks the row %s", filepath.Dir(folder), row)
			}
		}
	}
}

func TestD1_RootCertificateCheckFires(t *testing.T) {
	good, err := os.ReadFile(filepath.Join(certificateFolders[0], "eu-west-1.pem"))
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(good)
	if block == nil {
		t.Fatal("eu-west-1.pem holds no PEM block")
	}
	forged := bytes.Clone(block.Bytes)
	forged[len(forged)-1] ^= 1

	cases := []struct {
		name, region, want string
		content            []byte
		now                time.Time
	}{
		{"no PEM", "eu-west-1", "no PEM block", []byte("certificate"), time.Now()},
		{"two certificates", "eu-west-1", "more than one", append(bytes.Clone(good), good...), time.Now()},
		{"another region", "eu-west-2", "common name", good, time.Now()},
		{"odd file name", "europe", "no region", good, time.Now()},
		{"forged", "eu-west-1", "not signed by itself", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: forged}), time.Now()},
		{"expired", "eu-west-1", "expires", good, time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC)},
		{"private key", "eu-west-1", "PRIVATE KEY", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: block.Bytes}), time.Now()},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			err := checkRoot(c.region, c.content, c.now)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got error %v, want one about %q", err, c.want)
			}
		})
	}
}

// checkRoot says what keeps content from being exactly one PEM block with the RDS root certificate of region
// (RSA 2048, first generation), good for ten more years from now on.
func checkRoot(region string, content []byte, now time.Time) error {
	if !regionName.MatchString(region) {
		return fmt.Errorf("the file is called after no region")
	}
	block, rest := pem.Decode(content)
	if block == nil {
		return fmt.Errorf("no PEM block")
	}
	if block.Type != "CERTIFICATE" {
		return fmt.Errorf("a PEM block of type %s, want CERTIFICATE", block.Type)
	}
	if len(rest) > 0 {
		return fmt.Errorf("more than one PEM block, or text after it")
	}
	certificate, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return fmt.Errorf("parse certificate: %w", err)
	}
	if want := "Amazon RDS " + region + " Root CA RSA2048 G1"; certificate.Subject.CommonName != want {
		return fmt.Errorf("common name %q, want %q", certificate.Subject.CommonName, want)
	}
	if !certificate.IsCA {
		return fmt.Errorf("not a certificate authority")
	}
	if certificate.PublicKeyAlgorithm != x509.RSA {
		return fmt.Errorf("key of type %s, want RSA", certificate.PublicKeyAlgorithm)
	}
	if !bytes.Equal(certificate.RawIssuer, certificate.RawSubject) {
		return fmt.Errorf("issued by %q, not a root", certificate.Issuer)
	}
	if err := certificate.CheckSignatureFrom(certificate); err != nil {
		return fmt.Errorf("not signed by itself: %w", err)
	}
	if now.Before(certificate.NotBefore) || now.AddDate(10, 0, 0).After(certificate.NotAfter) {
		return fmt.Errorf("valid from %s, expires %s: not good for ten years from now", certificate.NotBefore, certificate.NotAfter)
	}
	return nil
}

// readFolder returns the certificate files of a folder, region to content.
func readFolder(t *testing.T, folder string) map[string][]byte {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for _, entry := range entries {
		region, isPEM := strings.CutSuffix(entry.Name(), ".pem")
		if !isPEM {
			t.Errorf("%s holds %s, which is no certificate", folder, entry.Name())
			continue
		}
		content, err := os.ReadFile(filepath.Join(folder, entry.Name()))
		if err != nil {
			t.Fatal(err)
		}
		files[region] = content
	}
	return files
}
