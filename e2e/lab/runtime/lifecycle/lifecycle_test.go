package lifecycle

import (
	"context"
	"io"
	"log"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/groundplan/groundplan/e2e/lab/needs"
	"github.com/groundplan/groundplan/e2e/lab/runtime/infra"
)

func TestPlan(t *testing.T) {
	seconds := func(number float64) time.Duration { return time.Duration(number * float64(time.Second)) }
	pointer := func(number float64) *time.Duration { duration := seconds(number); return &duration }
	for _, test := range []struct {
		name, language string
		settings       infra.Shutdown
		want           [4]float64 // accept, cancel, leave, deadline
	}{
		{"nothing", needs.Go, infra.Shutdown{}, [4]float64{0, 4, 0, 6}},
		{"total", needs.Go, infra.Shutdown{Total: pointer(30)}, [4]float64{0, 28, 0, 30}},
		{"short total", needs.Go, infra.Shutdown{Total: pointer(1)}, [4]float64{0, 0, 0, 1.5}},
		{"handlers", needs.Go, infra.Shutdown{Total: pointer(30), Handlers: pointer(10)}, [4]float64{0, 10, 0, 30}},
		// As modules/fargate-service tells it: measured were 12 seconds of accepting.
		{"as generated", needs.Go, infra.Shutdown{Total: pointer(30), Grace: seconds(42)}, [4]float64{12, 40, 12, 42}},
		{"grace shorter than total", needs.Go, infra.Shutdown{Total: pointer(30), Grace: seconds(20)}, [4]float64{0, 28, 0, 30}},
		{"grace alone", needs.Go, infra.Shutdown{Grace: seconds(42)}, [4]float64{37, 41, 37, 43}},
		{"nothing", needs.TypeScript, infra.Shutdown{}, [4]float64{0, 5, 0, 5}},
		// Measured: refused from the beginning, ended after 12.1 seconds.
		{"as generated", needs.TypeScript, infra.Shutdown{Total: pointer(30), Grace: seconds(42)}, [4]float64{0, 42, 12, 42}},
		{"grace alone", needs.TypeScript, infra.Shutdown{Grace: seconds(42)}, [4]float64{0, 5, 0, 5}},
		{"anything", needs.Container, infra.Shutdown{Total: pointer(30), Grace: seconds(42)}, [4]float64{10, 20, 10, 20}},
	} {
		got := Plan(test.language, test.settings)
		want := Timeline{seconds(test.want[0]), seconds(test.want[1]), seconds(test.want[2]), seconds(test.want[3])}
		if got != want {
			t.Errorf("%s, %s: got %+v, want %+v", test.language, test.name, got, want)
		}
	}
}

// TestServe stops a process that serves, ten times as fast, with a request in flight. Faster would leave a busy machine no time.
func TestServe(t *testing.T) {
	const speed = 10
	for _, test := range []struct {
		name     string
		timeline Timeline
		flight   time.Duration // of the request that is in flight at the signal
		accepts  bool          // a new connection right after the signal
		code     int
		status   int     // of the request in flight
		after    float64 // when the process ends, in its own seconds
	}{
		{"Go, nothing in flight", Plan(needs.Go, generated()), 0, true, 0, 0, 12},
		{"Go, five seconds in flight", Plan(needs.Go, generated()), 5 * time.Second, true, 0, 200, 12},
		{"Go, twenty seconds in flight", Plan(needs.Go, generated()), 20 * time.Second, true, 0, 200, 20},
		{"Go, a minute in flight", Plan(needs.Go, generated()), time.Minute, true, 0, 503, 40},
		{"TypeScript, five seconds in flight", Plan(needs.TypeScript, generated()), 5 * time.Second, false, 0, 200, 12},
		{"TypeScript, twenty seconds in flight", Plan(needs.TypeScript, generated()), 20 * time.Second, false, 0, 200, 20},
		{"container, ten seconds in flight", Plan(needs.Container, infra.Shutdown{}), 10 * time.Second, true, 0, 200, 10},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			listener, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			stop, signal := context.WithCancel(t.Context())
			work, cancel := context.WithCancel(t.Context())
			var stopping atomic.Bool
			idle := make(chan struct{})
			close(idle)
			began := make(chan struct{}, 10)
			ended := make(chan int, 1)
			go func() {
				ended <- Serve(Options{
					Listener: listener, Timeline: test.timeline, Speed: speed, Stop: stop, Cancel: cancel, Idle: idle, Log: log.New(io.Discard, "", 0),
					Stopping: func() { stopping.Store(true) },
					Handler: http.HandlerFunc(func(writer http.ResponseWriter, request *http.Request) {
						if request.URL.Path != "/slow" {
							return
						}
						began <- struct{}{}
						select {
						case <-time.After(test.flight / speed):
						case <-work.Done():
							writer.WriteHeader(http.StatusServiceUnavailable)
						}
					}),
				})
			}()
			address := "http://" + listener.Addr().String()
			status := make(chan int, 1)
			if test.flight > 0 {
				go func() { status <- get(address + "/slow") }()
				<-began
			}
			started := time.Now()
			signal()
			for !stopping.Load() {
				time.Sleep(time.Millisecond)
			}
			time.Sleep(20 * time.Millisecond) // listeners close
			if got := get(address+"/") == http.StatusOK; got != test.accepts {
				t.Errorf("accepts after the signal: %t", got)
			}
			if code := <-ended; code != test.code {
				t.Errorf("ended with %d, want %d", code, test.code)
			}
			took := time.Since(started).Seconds() * speed
			if took < test.after-0.5 || took > test.after+6 {
				t.Errorf("ended after %.1f seconds, want %.1f", took, test.after)
			}
			if test.flight > 0 {
				if got := <-status; got != test.status {
					t.Errorf("the request in flight was answered %d, want %d", got, test.status)
				}
			}
			if get(address+"/") != 0 {
				t.Error("it still serves")
			}
		})
	}
}

func generated() infra.Shutdown {
	total := 30 * time.Second
	return infra.Shutdown{Total: &total, Grace: 42 * time.Second}
}

// get is the status of an answer, 0 where there is none.
func get(url string) int {
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 10 * time.Second}
	answer, err := client.Get(url)
	if err != nil {
		return 0
	}
	answer.Body.Close()
	return answer.StatusCode
}

// A handler that does not give up is cut off at the deadline, and the process says that it ended badly.
func TestDeadline(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	stop, signal := context.WithCancel(t.Context())
	idle := make(chan struct{}) // a message that is handled without end
	signal()
	code := Serve(Options{
		Listener: listener, Timeline: Timeline{Deadline: 30 * time.Millisecond}, Speed: 1, Stop: stop, Cancel: func() {}, Idle: idle,
		Log: log.New(io.Discard, "", 0), Stopping: func() {}, Handler: http.NotFoundHandler(),
	})
	if code != infra.CodeError {
		t.Errorf("ended with %d", code)
	}
}
