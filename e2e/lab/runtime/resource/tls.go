package resource

import (
	"crypto/tls"
	"crypto/x509"
	"errors"

	"github.com/groundplan/groundplan/e2e/lab/runtime/infra"
)

// verifyChain verifies everything but the host name.
func verifyChain(settings infra.TLS) func(tls.ConnectionState) error {
	return func(state tls.ConnectionState) error {
		if len(state.PeerCertificates) == 0 {
			return errors.New("tls: the server has no certificate")
		}
		between := x509.NewCertPool()
		for _, certificate := range state.PeerCertificates[1:] {
			between.AddCert(certificate)
		}
		_, err := state.PeerCertificates[0].Verify(x509.VerifyOptions{Roots: settings.Roots, Intermediates: between})
		return err
	}
}
