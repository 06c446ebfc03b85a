package infra

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"

	"github.com/groundplan/groundplan/modules"
)

// Authorities read certificates to trust. A server of the laboratory cannot have a certificate of AWS's: where a
// configuration trusts the root of the region's RDS, the authority that plays RDS takes its place. Anything else is
// trusted as it is written, and then no server of the laboratory is.
type Authorities struct {
	Stand  []byte // PEM of the authority that plays RDS; nil trusts what is written
	Region string // whose root it stands for; empty for any
}

// parse reads every certificate of a text.
func (a Authorities) parse(text string) ([]*x509.Certificate, error) {
	var certificates []*x509.Certificate
	for rest := []byte(text); ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		if block.Type != "CERTIFICATE" {
			return nil, fmt.Errorf("ca: a block of type %q is no certificate", block.Type)
		}
		certificate, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("ca: %w", err)
		}
		if a.Stand != nil && a.isRoot(certificate) {
			stand, _ := pem.Decode(a.Stand)
			if stand == nil {
				return nil, errors.New("the authority that plays RDS is no PEM")
			}
			if certificate, err = x509.ParseCertificate(stand.Bytes); err != nil {
				return nil, fmt.Errorf("the authority that plays RDS: %w", err)
			}
		}
		certificates = append(certificates, certificate)
	}
	if len(certificates) == 0 {
		return nil, errors.New("ca: no certificate in PEM")
	}
	return certificates, nil
}

// isRoot reports whether a certificate is one that the modules bring along as the root of the region's RDS.
func (a Authorities) isRoot(certificate *x509.Certificate) bool {
	files, err := fs.Glob(modules.FS(), "*/certificates/*.pem")
	if err != nil {
		return false
	}
	return slices.ContainsFunc(files, func(file string) bool {
		if a.Region != "" && path.Base(file) != a.Region+".pem" {
			return false
		}
		content, err := fs.ReadFile(modules.FS(), file)
		if err != nil {
			return false
		}
		block, _ := pem.Decode(content)
		return block != nil && bytes.Equal(block.Bytes, certificate.Raw)
	})
}

// only trusts the certificates of a text and nothing else.
func (a Authorities) only(text string) (*x509.CertPool, error) {
	certificates, err := a.parse(text)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	for _, certificate := range certificates {
		pool.AddCert(certificate)
	}
	return pool, nil
}

// withOne trusts the one certificate of a text besides the system's.
func (a Authorities) withOne(text string) (*x509.CertPool, error) {
	certificates, err := a.parse(text)
	if err != nil {
		return nil, err
	}
	if len(certificates) != 1 {
		return nil, fmt.Errorf("ca: %d certificates, and only one is read", len(certificates))
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		return nil, fmt.Errorf("ca: %w", err)
	}
	pool.AddCert(certificates[0])
	return pool, nil
}
