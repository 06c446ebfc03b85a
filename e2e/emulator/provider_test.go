package emulator

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestMain lets this program be a provider, see fakeProvider.
func TestMain(m *testing.M) {
	if name := os.Getenv("FAKE_PROVIDER"); name != "" {
		serveFake(name)
		return
	}
	os.Exit(m.Run())
}

// fakeProvider is a binary that is started like the AWS provider.
func fakeProvider(t *testing.T) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	binary := filepath.Join(t.TempDir(), "terraform-provider-aws_fake")
	script := "#!/bin/sh\necho starting\nFAKE_PROVIDER=\"${ACCOUNT:-nobody}\" exec '" + self + "'\n"
	if err := os.WriteFile(binary, []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	return binary
}

// serveFake answers every call with the account of its environment, its process, how many calls it had, and the call.
func serveFake(account string) {
	socket := filepath.Join(os.Getenv("TMPDIR"), "socket")
	listener, err := net.Listen("unix", socket)
	if err != nil {
		panic(err)
	}
	calls := 0
	fmt.Printf("\tTF_REATTACH_PROVIDERS='{\"registry.terraform.io/hashicorp/aws\":{\"Addr\":{\"Network\":\"unix\",\"String\":%q}}}'\n", socket)
	server := &http.Server{Protocols: plainHTTP2(), Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		calls++
		switch asked := strings.TrimPrefix(r.URL.Path, providerService); asked {
		case "GetSchema":
			answerCall(w, r, grpcOK, sampleSchemas)
		default:
			answerCall(w, r, grpcOK, fmt.Appendf(nil, "%s %d %d %s", account, os.Getpid(), calls, asked))
		}
	})}
	panic(server.Serve(listener))
}

// engineConnection makes calls over one connection, as an engine does.
type engineConnection struct {
	t  *testing.T
	to *provider
}

func connect(t *testing.T, d *door) engineConnection {
	return engineConnection{t, &provider{proxy: proxyTo(filepath.Join(d.folder, "provider"), &Messages{})}}
}

// ask returns who answers, in which process, after how many calls.
func (c engineConnection) ask(asked, question string) (account string, process, calls int) {
	c.t.Helper()
	message, err := c.to.call(asked, framed([]byte(question)))
	if err != nil {
		c.t.Fatal(err)
	}
	var echoed string
	if _, err := fmt.Sscan(string(message), &account, &process, &calls, &echoed); err != nil || echoed != asked {
		c.t.Fatalf("%q: %v", message, err)
	}
	return account, process, calls
}

func openDoor(t *testing.T, binary string, environment ...string) *door {
	t.Helper()
	common, err := unaskedOf(binary)
	if err != nil {
		t.Fatal(err)
	}
	d := &door{binary: binary, stack: t.TempDir(), environment: append(environment, "PATH="+os.Getenv("PATH")), schema: common.schemas.of(nil), unasked: common, configured: map[string]func() configuredProvider{}}
	if _, err := d.open(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.close)
	return d
}

// TestDoor shows that each configuration within a command has a process alone, with the environment of the command.
func TestDoor(t *testing.T) {
	binary := fakeProvider(t)
	t.Cleanup(func() {
		unaskedLock.Lock()
		defer unaskedLock.Unlock()
		unaskedBy[binary].stop()
		delete(unaskedBy, binary)
	})
	first, second := openDoor(t, binary, "ACCOUNT=first"), openDoor(t, binary, "ACCOUNT=second")
	here, there, other, validates := connect(t, first), connect(t, first), connect(t, second), connect(t, first)

	_, common, _ := here.ask("ValidateResourceTypeConfig", "")
	if account, process, _ := other.ask("ValidateResourceTypeConfig", ""); account != "nobody" || process != common {
		t.Errorf("before it is configured %s answers in another process, want nobody in one", account)
	}
	processes := map[int]string{common: "nobody"}
	for _, c := range []struct {
		name, account, configuration string
		connection                   engineConnection
	}{{"here", "first", "a", here}, {"there", "first", "b", there}, {"other", "second", "a", other}} {
		account, process, calls := c.connection.ask("Configure", c.configuration)
		if before := processes[process]; before != "" {
			t.Errorf("%s has the process of %s", c.name, before)
		}
		processes[process] = c.name
		want := first.stack
		if c.connection == other {
			want = second.stack
		}
		if folder, err := os.Readlink(fmt.Sprintf("/proc/%d/cwd", process)); err != nil || folder != want {
			t.Errorf("%s reads files from %s, %v, want %s", c.name, folder, err, want)
		}
		if account != c.account || calls != 1 {
			t.Errorf("%s is configured as the account %s with call %d, want %s with the first", c.name, account, calls, c.account)
		}
		for _, asked := range []string{"ValidateResourceTypeConfig", "PrepareProviderConfig", "PlanResourceChange", "Stop"} {
			if _, again, _ := c.connection.ask(asked, ""); again != process {
				t.Errorf("%s asks %s of another process after Configure", c.name, asked)
			}
		}
	}
	if account, process, _ := validates.ask("ReadResource", ""); account != "nobody" || process != common {
		t.Errorf("who configures nothing is answered by %s", account)
	}

	again := connect(t, first)
	_, process, calls := again.ask("Configure", "b")
	if processes[process] != "there" || calls != 1 {
		t.Errorf("who configures what there did has the process of %s, configured with call %d", processes[process], calls)
	}
	if _, after, _ := again.ask("PlanResourceChange", ""); after != process {
		t.Error("who configured what there did plans elsewhere")
	}

	first.close()
	for process, name := range processes {
		if want := name != "here" && name != "there"; runs(process) != want {
			t.Errorf("after the command of here and there, %s runs: %t", name, !want)
		}
	}
}

// runs reports whether a process is there.
func runs(process int) bool {
	found, err := os.FindProcess(process)
	return err == nil && found.Signal(syscall.Signal(0)) == nil
}

// TestDoorAnswers shows what it answers itself, and that it asks the same configuration once.
func TestDoorAnswers(t *testing.T) {
	binary := fakeProvider(t)
	d := openDoor(t, binary)
	t.Cleanup(d.unasked.stop)
	c := connect(t, d)
	if schema, err := c.to.call("GetSchema", framed(nil)); err != nil || string(schema) != string(d.schema) {
		t.Errorf("got %q, %v", schema, err)
	}
	if message, err := c.to.call("Stop", framed(nil)); err != nil || len(message) != 0 {
		t.Errorf("Stop before Configure is answered by the provider: %q, %v", message, err)
	}
	_, _, calls := c.ask("PrepareProviderConfig", "")
	if _, _, again := connect(t, d).ask("PrepareProviderConfig", ""); again != calls {
		t.Error("the provider is asked the same question again")
	}
	if other, err := c.to.call("PrepareProviderConfig", framed([]byte("other"))); err != nil || strings.Contains(string(other), fmt.Sprintf(" %d Prep", calls)) {
		t.Errorf("another question has the same answer: %q, %v", other, err)
	}
	request, err := http.NewRequest(http.MethodPost, "http://provider/plugin.GRPCBroker/StartStream", strings.NewReader(""))
	if err != nil {
		t.Fatal(err)
	}
	response, err := c.to.proxy.Transport.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if status := response.Header.Get("Grpc-Status"); status != grpcUnimplemented {
		t.Errorf("what is not the provider's: got the status %q", status)
	}

	d.unasked.stop()
	if _, err := c.to.call("ValidateResourceTypeConfig", framed(nil)); err == nil || !strings.Contains(err.Error(), `status "2"`) {
		t.Errorf("a provider that has died: %v", err)
	}
}

func TestStartProviderThatIsNone(t *testing.T) {
	binary := filepath.Join(t.TempDir(), "none")
	if err := os.WriteFile(binary, []byte("#!/bin/sh\necho cannot start >&2\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	if _, err := startProvider(binary, "", []string{"PATH=" + os.Getenv("PATH")}); err == nil || !strings.Contains(err.Error(), "cannot start") {
		t.Errorf("got %v", err)
	}
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("noticed after %v", took)
	}
}

// TestKeeperEndsWithThisProgram closes the standard input of a keeper, as the system does when this program ends.
func TestKeeperEndsWithThisProgram(t *testing.T) {
	started, err := startProvider(fakeProvider(t), "", []string{"PATH=" + os.Getenv("PATH")})
	if err != nil {
		t.Fatal(err)
	}
	c := engineConnection{t, started}
	_, process, _ := c.ask("Configure", "")
	if !runs(process) {
		t.Fatal("it is not there while it answers")
	}
	started.stop()
	if runs(process) {
		t.Error("it is there afterwards")
	}
}

func TestInitialized(t *testing.T) {
	folder := t.TempDir()
	if binary, name, err := initialized(folder); binary != "" || name != "" || err != nil {
		t.Errorf("got %q %q %v of a folder without a provider", binary, name, err)
	}
	put := func(version string) string {
		file := filepath.Join(folder, ".terraform/providers/registry.opentofu.org/hashicorp/aws", version, "linux_amd64/terraform-provider-aws_v"+version)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, nil, 0o755); err != nil {
			t.Fatal(err)
		}
		return file
	}
	want := put("5.100.0")
	if binary, name, err := initialized(folder); filepath.Base(binary) != filepath.Base(want) || name != "registry.opentofu.org/hashicorp/aws" || err != nil {
		t.Errorf("got %q %q %v", binary, name, err)
	}
	put("6.0.0")
	if _, _, err := initialized(folder); err == nil {
		t.Error("one of two providers is taken")
	}
}

func TestAttachAddress(t *testing.T) {
	for line, want := range map[string]string{
		`	TF_REATTACH_PROVIDERS='{"a/b/c":{"Protocol":"grpc","Addr":{"Network":"unix","String":"/tmp/x"}}}'`: "/tmp/x",
		`Provider started. To attach Terraform CLI, set the TF_REATTACH_PROVIDERS environment variable`:      "",
		`TF_REATTACH_PROVIDERS='{'`: "",
	} {
		if got := attachAddress(line); got != want {
			t.Errorf("%s: got %q, want %q", line, got, want)
		}
	}
}

// sampleSchemas are schemas of aws_a as a resource and as a data source and of aws_b as an ephemeral resource, between
// fields for no type.
var sampleSchemas = []byte("\x0a\x02\x08\x01" + "\x12\x09\x0a\x05aws_a\x12\x00" + "\x1a\x09\x0a\x05aws_a\x12\x00" + "\x32\x02\x08\x01" + "\x42\x09\x0a\x05aws_b\x12\x00" + "\x50\x07")

func TestSchemas(t *testing.T) {
	found, err := parseSchemas(sampleSchemas)
	if err != nil {
		t.Fatal(err)
	}
	rest := "\x0a\x02\x08\x01" + "\x32\x02\x08\x01" + "\x50\x07"
	for types, want := range map[string]string{
		"":            rest,
		"aws_a":       rest + "\x12\x09\x0a\x05aws_a\x12\x00" + "\x1a\x09\x0a\x05aws_a\x12\x00",
		"aws_b":       rest + "\x42\x09\x0a\x05aws_b\x12\x00",
		"aws_another": rest,
	} {
		if got := string(found.of(map[string]bool{types: true})); got != want {
			t.Errorf("%s: got %q, want %q", types, got, want)
		}
	}
	for _, broken := range []string{"", "\x12", "\x12\x09\x0a\x05aws", "\x12\x02\x08\x01", "\x12\x02\x12\x00", "\x0a\x02\x08\x01", "\x13\x00"} {
		if _, err := parseSchemas([]byte(broken)); err == nil {
			t.Errorf("%q is taken for schemas", broken)
		}
	}
}

func TestTypesIn(t *testing.T) {
	folder := t.TempDir()
	for name, content := range map[string]string{
		"main.tf":               `resource "aws_of_main" "this" {}`,
		"tests/x.tftest.hcl":    `mock_resource "aws_of_test" {}`,
		"terraform.tfstate":     `"type": "aws_of_state"`,
		".terraform/provider":   `aws_of_binary`,
		"README.md":             `aws_of_readme`,
		"services/services.txt": `aws_of_text`,
	} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(folder, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	types, err := typesIn(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"aws_of_main", "aws_of_test", "aws_of_state", "aws_sqs_queue"} { // the last one of a module
		if !types[name] {
			t.Errorf("%s is missing", name)
		}
	}
	for _, name := range []string{"aws_of_binary", "aws_of_readme", "aws_of_text"} {
		if types[name] {
			t.Errorf("%s is there", name)
		}
	}
	if len(types) > 300 {
		t.Errorf("%d types, which is no part of all", len(types))
	}
}
