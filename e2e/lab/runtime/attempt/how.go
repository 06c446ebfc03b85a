package attempt

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"os"
	"strconv"
	"strings"
	"syscall"

	"github.com/aws/smithy-go"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/groundplan/groundplan/e2e/lab/runtime/resource"
)

// How classifies a refusal: the words of exercise.Answer.
func How(err error) string {
	for _, classify := range []func(error) string{byServer, byTLS, byNetwork} {
		if how := classify(err); how != "" {
			return how
		}
	}
	if errors.Is(err, resource.ErrNotConfigured) {
		return "not configured"
	}
	return "error"
}

// byServer is a refusal that a server gave.
func byServer(err error) string {
	var postgres *pgconn.PgError
	if errors.As(err, &postgres) {
		switch postgres.Code {
		case "28P01", "28000":
			return "authentication"
		case "42501":
			return "permission denied"
		}
		return postgres.Code
	}
	var api smithy.APIError
	if errors.As(err, &api) {
		return api.ErrorCode()
	}
	var status *statusError
	if errors.As(err, &status) {
		return strconv.Itoa(status.status)
	}
	for _, word := range []string{"WRONGPASS", "NOPERM", "NOAUTH"} {
		if strings.Contains(err.Error(), word) {
			return word
		}
	}
	if strings.HasPrefix(err.Error(), "permission denied") {
		return "permission denied"
	}
	return ""
}

func byTLS(err error) string {
	var authority x509.UnknownAuthorityError
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	var verification *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	if errors.As(err, &authority) || errors.As(err, &name) || errors.As(err, &invalid) || errors.As(err, &verification) || errors.As(err, &record) {
		return "tls"
	}
	if strings.Contains(err.Error(), "tls: ") || strings.Contains(err.Error(), "x509: ") {
		return "tls"
	}
	return ""
}

func byNetwork(err error) string {
	var name *net.DNSError
	var network net.Error
	switch {
	case errors.As(err, &name):
		return "dns"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "connection refused"
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return "unreachable"
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded), errors.As(err, &network) && network.Timeout():
		return "timeout"
	}
	return ""
}
