package emulator

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"net/http"
	"sync"
)

// unasked is a process of the provider that nobody configures: it knows no account and answers everybody the same.
type unasked struct {
	*provider
	schemas *schemas

	lock     sync.Mutex
	prepared map[string][]byte // answers to PrepareProviderConfig by what was asked
}

var (
	unaskedLock sync.Mutex
	unaskedBy   = map[string]*unasked{} // by the path of the binary; they end with this program
)

// unaskedOf is the one of a binary, which is started for the first who asks.
func unaskedOf(binary string) (*unasked, error) {
	unaskedLock.Lock()
	defer unaskedLock.Unlock()
	if known := unaskedBy[binary]; known != nil {
		return known, nil
	}
	started, err := startProvider(binary, Environment("http://127.0.0.1:1")) // where nobody listens
	if err != nil {
		return nil, err
	}
	known := &unasked{provider: started, prepared: map[string][]byte{}}
	message, err := known.call("GetSchema", framed(nil))
	if err == nil {
		known.schemas, err = parseSchemas(message)
	}
	if err != nil {
		started.stop()
		return nil, err
	}
	unaskedBy[binary] = known
	return known, nil
}

// prepare answers PrepareProviderConfig, for which the provider looks through the schemas of all its types, whatever it is
// asked: a tenth of a second, which the same question takes once.
func (u *unasked) prepare(w http.ResponseWriter, r *http.Request) {
	question, err := io.ReadAll(r.Body)
	if err != nil {
		answer(w, r, grpcUnknown, []byte(err.Error()))
		return
	}
	u.lock.Lock()
	defer u.lock.Unlock()
	message, known := u.prepared[string(question)]
	if !known {
		if message, err = u.call("PrepareProviderConfig", question); err != nil {
			answer(w, r, grpcUnknown, []byte(err.Error()))
			return
		}
		u.prepared[string(question)] = message
	}
	answer(w, r, grpcOK, message)
}

// call asks the provider something and returns the message it answers.
func (u *unasked) call(asked string, question []byte) ([]byte, error) {
	request, err := http.NewRequest(http.MethodPost, "http://provider"+service+asked, bytes.NewReader(question))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/grpc")
	request.Header.Set("Te", "trailers")
	response, err := u.proxy.Transport.RoundTrip(request)
	if err != nil {
		return nil, fmt.Errorf("%s of the provider: %w", asked, err)
	}
	defer response.Body.Close()
	frame, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, fmt.Errorf("%s of the provider: %w", asked, err)
	}
	status, reason := response.Trailer.Get("Grpc-Status"), ""
	if status == "" { // an answer without a message has no trailer
		status, reason = response.Header.Get("Grpc-Status"), response.Header.Get("Grpc-Message")
	}
	if status != grpcOK || len(frame) < frameHead || frame[0] != 0 || int(binary.BigEndian.Uint32(frame[1:])) != len(frame)-frameHead {
		return nil, fmt.Errorf("%s of the provider: %s, status %q %s of gRPC, %d bytes",
			asked, response.Status, status, reason, len(frame))
	}
	return frame[frameHead:], nil
}

// frameHead is what precedes a message in gRPC: whether it is compressed, and its length in four bytes.
const frameHead = 5

// framed is a message as gRPC sends it, not compressed.
func framed(message []byte) []byte {
	return append(binary.BigEndian.AppendUint32([]byte{0}, uint32(len(message))), message...)
}
