package emulator

import (
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
	started, err := startProvider(binary, "", Environment("http://127.0.0.1:1")) // where nobody listens
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
		answerCall(w, r, grpcUnknown, []byte(err.Error()))
		return
	}
	u.lock.Lock()
	defer u.lock.Unlock()
	message, known := u.prepared[string(question)]
	if !known {
		if message, err = u.call("PrepareProviderConfig", question); err != nil {
			answerCall(w, r, grpcUnknown, []byte(err.Error()))
			return
		}
		u.prepared[string(question)] = message
	}
	answerCall(w, r, grpcOK, message)
}
