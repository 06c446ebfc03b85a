// Package grpchealth is as much of gRPC as checks of health take: a request of the method Check and its answer, as the protocol of
// gRPC over HTTP/2 frames them.
package grpchealth

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
)

// Path is where servers say how they are: the method Check of grpc.health.v1.
const Path = "/grpc.health.v1.Health/Check"

// Statuses of a call.
const (
	OK            = "0"
	Unimplemented = "12"
)

// What a health check answers: a frame, not compressed, with the one field status of a HealthCheckResponse.
var (
	serving    = []byte{0, 0, 0, 0, 2, 8, 1}
	notServing = []byte{0, 0, 0, 0, 2, 8, 2}
)

const contentType = "application/grpc"

// Transport speaks HTTP/2 without TLS, and nothing else, as clients of gRPC inside a network do.
func Transport() *http.Transport {
	transport := &http.Transport{Protocols: &http.Protocols{}}
	transport.Protocols.SetUnencryptedHTTP2(true)
	return transport
}

// Answer answers a call of Check.
func Answer(writer http.ResponseWriter, well bool) {
	body := serving
	if !well {
		body = notServing
	}
	writer.Header().Set("Content-Type", contentType)
	writer.Header().Set("Trailer", "Grpc-Status")
	_, _ = writer.Write(body) // whoever went away does not want to know
	writer.Header().Set("Grpc-Status", OK)
}

// Unknown answers a call of a method that the server does not have.
func Unknown(writer http.ResponseWriter) {
	writer.Header().Set("Content-Type", contentType)
	writer.Header().Set("Grpc-Status", Unimplemented)
	writer.WriteHeader(http.StatusOK)
}

// Ask calls a method with an empty message. It returns the status of the call and, of Check, whether the server says that it serves.
func Ask(ctx context.Context, client *http.Client, url string) (status string, well bool, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(make([]byte, 5)))
	if err != nil {
		return "", false, err
	}
	request.Header.Set("Content-Type", contentType)
	request.Header.Set("Te", "trailers")
	response, err := client.Do(request)
	if err != nil {
		return "", false, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK || response.ProtoMajor != 2 || response.Header.Get("Content-Type") != contentType {
		return "", false, fmt.Errorf("no answer of gRPC: %s %s, %q", response.Proto, response.Status, response.Header.Get("Content-Type"))
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, 1000))
	if err != nil {
		return "", false, err
	}
	if status = response.Trailer.Get("Grpc-Status"); status == "" {
		status = response.Header.Get("Grpc-Status")
	}
	if status == "" {
		return "", false, errors.New("an answer without a status of gRPC")
	}
	return status, status == OK && bytes.Equal(body, serving), nil
}
