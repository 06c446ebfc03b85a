package lifecycle

import (
	"net"
	"net/http"
	"sync"
	"time"
)

// settle is how long nothing must be in flight: a connection that was accepted a moment ago is about to send a request.
const settle = 10 * time.Millisecond

// flights counts connections with a request in flight. The server's own Shutdown looks every half second, which is
// twenty seconds at forty times the speed.
type flights struct {
	lock    sync.Mutex
	changed *sync.Cond
	active  map[net.Conn]bool
}

func newFlights() *flights {
	f := &flights{active: map[net.Conn]bool{}}
	f.changed = sync.NewCond(&f.lock)
	return f
}

// note is told by the server what becomes of a connection. It is idle only after its answer is written.
func (f *flights) note(connection net.Conn, state http.ConnState) {
	f.lock.Lock()
	defer f.lock.Unlock()
	if state == http.StateActive {
		f.active[connection] = true
	} else {
		delete(f.active, connection)
	}
	f.changed.Broadcast()
}

// land returns when nothing is in flight any more.
func (f *flights) land() {
	for {
		f.lock.Lock()
		for len(f.active) > 0 {
			f.changed.Wait()
		}
		f.lock.Unlock()
		time.Sleep(settle)
		f.lock.Lock()
		landed := len(f.active) == 0
		f.lock.Unlock()
		if landed {
			return
		}
	}
}
