package emulator

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// An engine that is left to itself adds up the 700 MB of the provider's file in each command, starts the provider anew for each
// walk of its graph, and reads the schemas of 1,500 types before it looks at the ten that it was asked about: three of the four
// seconds of processor time that a command takes. Here TF_REATTACH_PROVIDERS tells it of a provider that already runs, which is a
// door that this program keeps for the one command:
//
//   - Schemas are handed out of the types alone that the folder or a module names. An engine refuses a type without a schema.
//   - Each configuration of the provider gets a process of its own, with the environment of the command, that ends with the
//     command. Two configurations never meet, be it of two accounts or of an alias. The same one shares a process within a
//     command, where the engine starts one for each walk: `terraform test` of a module has a hundred.
//   - Whatever is asked before that, which is whether arguments are valid, is answered by one process that nobody ever configures.
//
// What the door does not know it hands on as it is, in the engine's and the provider's own bytes.

// providerService is what the provider offers in version 5 of the protocol between Terraform and its providers.
const providerService = "/tfplugin5.Provider/"

// Statuses of gRPC.
const (
	grpcOK            = "0"
	grpcUnknown       = "2" // the one whose message the engines show
	grpcUnimplemented = "12"
)

// door is the provider as one command of an engine sees it.
type door struct {
	binary      string
	stack       string   // the folder of the command
	environment []string // of the command
	schema      []byte
	unasked     *unasked

	folder string // of the socket
	server *http.Server

	lock       sync.Mutex
	configured map[string]func() configuredProvider // by what Configure was asked
}

// configuredProvider is a provider after Configure.
type configuredProvider struct {
	*provider
	answer []byte
	err    error
}

// connection is one of an engine, which makes one for each provider that it would have started: the one that it configured.
type connection struct{ atomic.Pointer[provider] }

type connectionKey struct{}

// attachProvider opens a door for a command in a folder. It returns what the environment of the command must say besides its own, and
// what ends the processes after the command. A folder without an initialized provider gets neither.
func attachProvider(folder string, environment []string) ([]string, func(), error) {
	binary, name, err := initialized(folder)
	if err != nil || binary == "" {
		return nil, func() {}, err
	}
	common, err := unaskedOf(binary)
	if err != nil {
		return nil, nil, err
	}
	types, err := typesIn(folder)
	if err != nil {
		return nil, nil, err
	}
	d := &door{binary: binary, stack: folder, environment: environment, schema: common.schemas.of(types), unasked: common, configured: map[string]func() configuredProvider{}}
	address, err := d.open()
	if err != nil {
		return nil, nil, err
	}
	text, err := json.Marshal(map[string]any{name: map[string]any{
		"Protocol": "grpc", "ProtocolVersion": 5, "Pid": os.Getpid(),
		"Test": true, // so that the engine does not end this program
		"Addr": map[string]string{"Network": "unix", "String": address},
	}})
	if err != nil {
		d.close()
		return nil, nil, err
	}
	return []string{"TF_REATTACH_PROVIDERS=" + string(text)}, d.close, nil
}

// initialized finds the AWS provider that init put into a folder, and its name there: each engine has a registry of its own.
func initialized(folder string) (binary, name string, err error) {
	providers := filepath.Join(folder, ".terraform", "providers")
	found, err := filepath.Glob(filepath.Join(providers, "*", "hashicorp", "aws", "*", "*", "terraform-provider-aws*"))
	if err != nil || len(found) == 0 {
		return "", "", err
	}
	if len(found) > 1 {
		return "", "", fmt.Errorf("%s holds more than one AWS provider: %s", folder, strings.Join(found, ", "))
	}
	relative, err := filepath.Rel(providers, found[0])
	if err != nil {
		return "", "", err
	}
	binary, err = filepath.EvalSymlinks(found[0])
	return binary, path.Join(strings.Split(filepath.ToSlash(relative), "/")[:3]...), err
}

// open begins to answer and returns where.
func (d *door) open() (string, error) {
	var err error
	if d.folder, err = os.MkdirTemp("", "door-"); err != nil {
		return "", err
	}
	address := filepath.Join(d.folder, "provider")
	listener, err := net.Listen("unix", address)
	if err != nil {
		return "", errors.Join(err, os.RemoveAll(d.folder))
	}
	d.server = &http.Server{
		Handler:           d,
		Protocols:         plainHTTP2(),
		ReadHeaderTimeout: time.Minute,
		ConnContext: func(ctx context.Context, _ net.Conn) context.Context {
			return context.WithValue(ctx, connectionKey{}, &connection{})
		},
	}
	go func() { _ = d.server.Serve(listener) }() // until close
	return address, nil
}

// close ends what was opened for the command.
func (d *door) close() {
	d.server.Close()
	d.lock.Lock()
	defer d.lock.Unlock()
	for _, configured := range d.configured {
		if opened := configured().provider; opened != nil {
			opened.stop()
		}
	}
	_ = os.RemoveAll(d.folder) // a socket in a folder for what is temporary
}

func (d *door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	asked, isProvider := strings.CutPrefix(r.URL.Path, providerService)
	from := r.Context().Value(connectionKey{}).(*connection)
	own := from.Load()
	switch {
	case !isProvider: // the streams of what a provider writes, which the keeper reads
		answerCall(w, r, grpcUnimplemented, nil)
	case asked == "GetSchema":
		answerCall(w, r, grpcOK, d.schema)
	case asked == "Configure":
		d.configure(w, r, from)
	case own != nil:
		own.proxy.ServeHTTP(w, r)
	case asked == "Stop": // is for this command, and nothing runs that it could stop
		answerCall(w, r, grpcOK, nil)
	case asked == "PrepareProviderConfig":
		d.unasked.prepare(w, r)
	default:
		d.unasked.proxy.ServeHTTP(w, r)
	}
}

// configure gives a connection the provider that is configured as it asks.
func (d *door) configure(w http.ResponseWriter, r *http.Request, from *connection) {
	question, err := io.ReadAll(r.Body)
	if err != nil {
		answerCall(w, r, grpcUnknown, []byte(err.Error()))
		return
	}
	d.lock.Lock()
	once := d.configured[string(question)]
	if once == nil {
		once = sync.OnceValue(func() configuredProvider {
			started, err := startProvider(d.binary, d.stack, d.environment)
			if err != nil {
				return configuredProvider{err: err}
			}
			message, err := started.call("Configure", question)
			return configuredProvider{started, message, err}
		})
		d.configured[string(question)] = once
	}
	d.lock.Unlock()
	known := once()
	if known.err != nil {
		answerCall(w, r, grpcUnknown, []byte(known.err.Error()))
		return
	}
	from.Store(known.provider)
	answerCall(w, r, grpcOK, known.answer)
}

// answerCall answers a call: with a message, or where the status is not grpcOK with what went wrong.
func answerCall(w http.ResponseWriter, r *http.Request, status string, message []byte) {
	io.Copy(io.Discard, r.Body)
	header := w.Header()
	header.Set("Content-Type", "application/grpc")
	if status != grpcOK {
		header.Set("Grpc-Status", status)
		header.Set("Grpc-Message", url.PathEscape(string(message)))
		return
	}
	header.Set("Trailer", "Grpc-Status")
	_, _ = w.Write(framed(message)) // fails where the engine has gone
	header.Set("Grpc-Status", status)
}

// provider is a process of the AWS provider.
type provider struct {
	proxy *httputil.ReverseProxy
	stop  func()
}

// keeper runs the provider until this program closes its standard input or ends, however it ends.
const keeper = `"$0" -debug </dev/null & exec >/dev/null; cat; kill -9 $!; wait; rm -rf "$TMPDIR"`

// startProvider starts the provider as its developers do, waiting for whoever attaches to it. It reads the files that resources
// name from a folder, as it does when an engine starts it there.
func startProvider(binary, folder string, environment []string) (*provider, error) {
	temporary, err := os.MkdirTemp("", "provider-")
	if err != nil {
		return nil, err
	}
	said := &Messages{}
	command := exec.Command("sh", "-c", keeper, binary)
	command.Env = append(slices.Clone(environment), "TMPDIR="+temporary)
	command.Dir = folder
	command.Stderr = said
	input, err := command.StdinPipe()
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(temporary))
	}
	output, err := command.StdoutPipe()
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(temporary))
	}
	if err := command.Start(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(temporary))
	}
	stop := sync.OnceFunc(func() {
		input.Close()
		command.Wait()
	})
	address := make(chan string, 1)
	go func() {
		defer close(address)
		lines := bufio.NewScanner(output)
		for lines.Scan() {
			if socket := attachAddress(lines.Text()); socket != "" {
				address <- socket
			}
		}
	}()
	select {
	case socket := <-address:
		if socket != "" {
			return &provider{proxy: proxyTo(socket, said), stop: stop}, nil
		}
	case <-time.After(time.Minute):
	}
	stop()
	return nil, fmt.Errorf("%s does not say where to attach to it:\n%s", binary, said)
}

// attachAddress is the socket that a provider names in a line of what it says when it is ready, or "".
func attachAddress(line string) string {
	_, text, found := strings.Cut(line, "TF_REATTACH_PROVIDERS='")
	if !found {
		return ""
	}
	var attach map[string]struct{ Addr struct{ String string } }
	if json.Unmarshal([]byte(strings.TrimSuffix(text, "'")), &attach) != nil {
		return ""
	}
	for _, only := range attach {
		return only.Addr.String
	}
	return ""
}

// call asks the provider something and returns the message it answers.
func (p *provider) call(asked string, question []byte) ([]byte, error) {
	request, err := http.NewRequest(http.MethodPost, "http://provider"+providerService+asked, bytes.NewReader(question))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/grpc")
	request.Header.Set("Te", "trailers")
	response, err := p.proxy.Transport.RoundTrip(request)
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

// proxyTo hands calls on to the socket of a provider. When that fails, what the provider said last is shown.
func proxyTo(socket string, said *Messages) *httputil.ReverseProxy {
	return &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(&url.URL{Scheme: "http", Host: "provider"}) },
		Transport: &http.Transport{
			Protocols: plainHTTP2(),
			DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
				return (&net.Dialer{}).DialContext(ctx, "unix", socket)
			},
		},
		ErrorHandler: func(w http.ResponseWriter, r *http.Request, err error) {
			answerCall(w, r, grpcUnknown, fmt.Appendf(nil, "%v\n%s", err, said))
		},
	}
}

// plainHTTP2 is how providers speak where nobody can listen.
func plainHTTP2() *http.Protocols {
	protocols := new(http.Protocols)
	protocols.SetUnencryptedHTTP2(true)
	return protocols
}
