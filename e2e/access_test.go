//go:build validate

package e2e_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"os/exec"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/hcl/v2/hclparse"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/groundplan/groundplan/e2e/emulator"
	"github.com/groundplan/groundplan/generator/kinds/cache"
	"github.com/groundplan/groundplan/modules"
)

// TestC1_AccessStrings asks a real server what the users of two processes may do in one cache.
func TestC1_AccessStrings(t *testing.T) {
	address := startRedis(t)
	admin := dialRedis(t, address)
	for user, patterns := range map[string][]string{
		"cart":  {"cart/:id", "totals"},
		"users": {"user/:UserID/region/:Region"},
	} {
		rules := append([]string{"ACL", "SETUSER", user, ">password-of-" + user}, strings.Fields(accessString(t, patterns))...)
		if _, err := admin.do(rules...); err != nil {
			t.Fatalf("%v: %v", rules, err)
		}
	}
	// As the module does it: who does not log in is nobody.
	if _, err := admin.do("ACL", "SETUSER", "default", "off", "-@all"); err != nil {
		t.Fatal(err)
	}

	t.Run("C1 own keys, every command of the runtimes", func(t *testing.T) {
		cart := loginSecret(t, address, "cart")
		for _, test := range ownCommands {
			got, err := cart.do(strings.Fields(test.command)...)
			if err != nil || test.want != nil && !reflect.DeepEqual(got, test.want) {
				t.Errorf("%s: got %v, %v, want %v", test.command, got, err, test.want)
			}
		}
	})
	t.Run("C1 own keys of another form", func(t *testing.T) {
		users := loginSecret(t, address, "users")
		if _, err := users.do("SET", `user/a\/b/region/eu`, "x"); err != nil {
			t.Errorf("a key with an escaped slash: %v", err)
		}
		if _, err := loginSecret(t, address, "cart").do("INCRBY", "totals", "2"); err != nil {
			t.Errorf("a key without a parameter: %v", err)
		}
	})
	t.Run("C1 keys of another", func(t *testing.T) {
		cart, users := loginSecret(t, address, "cart"), loginSecret(t, address, "users")
		for _, command := range []string{
			"GET user/1/region/eu", "SET user/1/region/eu x", "DEL user/1/region/eu", "MGET cart/1 user/1/region/eu",
			"LMOVE cart/list user/1/region/eu LEFT RIGHT", "SUNIONSTORE cart/all user/1/region/eu", "GET totals2", "GET carts/1", "PERSIST user/1/region/eu",
		} {
			refusedCall(t, cart, command)
		}
		for _, command := range []string{"GET cart/1", "SET totals 0", "GET user/1", "SMOVE user/1/region/eu cart/set x"} {
			refusedCall(t, users, command)
		}
	})
	t.Run("C1 nothing else", func(t *testing.T) {
		cart := loginSecret(t, address, "cart")
		for _, command := range []string{
			"FLUSHALL", "FLUSHDB", "KEYS *", "SCAN 0", "RANDOMKEY", "DBSIZE", "CONFIG GET *", "CONFIG SET maxmemory 1", "ACL LIST", "ACL SETUSER cart +@all",
			"ACL WHOAMI", "CLIENT LIST", "CLIENT KILL TYPE normal", "INFO", "DEBUG SLEEP 0", "SHUTDOWN NOSAVE", "SAVE", "REPLICAOF 127.0.0.1 1", "MONITOR", "SLOWLOG GET",
			"EVAL return(1) 0", "FUNCTION LIST", "SCRIPT FLUSH", "SUBSCRIBE cart/1", "PUBLISH cart/1 x", "RENAME cart/1 cart/2", "SORT cart/1", "MIGRATE 127.0.0.1 1 cart/1 0 1",
			"DUMP cart/1", "RESTORE cart/1 0 x", "SWAPDB 0 1", "SELECT 1", "MODULE LIST", "LATENCY RESET", "CLUSTER INFO", "WAIT 0 0", "OBJECT FREQ cart/1",
		} {
			refusedCall(t, cart, command)
		}
	})
	t.Run("C1 nobody without a password", func(t *testing.T) {
		stranger := dialRedis(t, address)
		if _, err := stranger.do("GET", "cart/1"); err == nil || !strings.HasPrefix(err.Error(), "NOAUTH") {
			t.Errorf("without a login: %v", err)
		}
		for _, login := range [][]string{{"AUTH", "x"}, {"AUTH", "default", ""}, {"AUTH", "cart", "password-of-users"}, {"AUTH", "cart", ""}} {
			if _, err := stranger.do(login...); err == nil {
				t.Errorf("%v lets in", login)
			}
		}
	})
}

// ownCommands are the commands of Encore's cache packages, in an order in which each has something to do. Where the
// answer is not certain, want is nil.
var ownCommands = []struct {
	command string
	want    any
}{
	{"ping", "PONG"},
	{"set cart/1 a", "OK"},
	{"set cart/1 b nx px 60000", "(nil)"},
	{"set cart/1 b xx get keepttl", "a"},
	{"set cart/1 b pxat 4102444800000", "OK"},
	{"get cart/1", "b"},
	{"append cart/1 c", int64(2)},
	{"getrange cart/1 0 0", "b"},
	{"setrange cart/1 0 x", int64(2)},
	{"strlen cart/1", int64(2)},
	{"mset cart/2 1 cart/3 2", "OK"},
	{"mget cart/2 cart/3", []any{"1", "2"}},
	{"incrby cart/2 2", int64(3)},
	{"decrby cart/2 1", int64(2)},
	{"incrbyfloat cart/2 0.5", "2.5"},
	{"pexpireat cart/2 4102444800000", int64(1)},
	{"persist cart/2", int64(1)},
	{"getdel cart/3", "2"},
	{"del cart/1 cart/2", int64(2)},
	{"multi", "OK"},
	{"rpush cart/list a b c d", "QUEUED"},
	{"pexpireat cart/list 4102444800000", "QUEUED"},
	{"exec", []any{int64(4), int64(1)}},
	{"multi", "OK"},
	{"discard", "OK"},
	{"lpush cart/list z", int64(5)},
	{"lpop cart/list", "z"},
	{"rpop cart/list", "d"},
	{"llen cart/list", int64(3)},
	{"lindex cart/list 0", "a"},
	{"lset cart/list 0 x", "OK"},
	{"linsert cart/list before b y", int64(4)},
	{"lrange cart/list 0 -1", []any{"x", "y", "b", "c"}},
	{"lrem cart/list 0 y", int64(1)},
	{"ltrim cart/list 0 1", "OK"},
	{"lmove cart/list cart/other left right", "x"},
	{"sadd cart/set a b c", int64(3)},
	{"sadd cart/set2 b", int64(1)},
	{"scard cart/set", int64(3)},
	{"sismember cart/set a", int64(1)},
	{"smembers cart/set2", []any{"b"}},
	{"srandmember cart/set2", "b"},
	{"srandmember cart/set -2", nil},
	{"sdiff cart/set2 cart/set", []any{}},
	{"sinter cart/set cart/set2", []any{"b"}},
	{"sunion cart/set2", []any{"b"}},
	{"sdiffstore cart/set3 cart/set cart/set2", int64(2)},
	{"sinterstore cart/set3 cart/set cart/set2", int64(1)},
	{"sunionstore cart/set3 cart/set cart/set2", int64(3)},
	{"smove cart/set3 cart/set2 a", int64(1)},
	{"srem cart/set a", int64(1)},
	{"spop cart/set3 1", nil},
	{"spop cart/set3", nil},
}

// refusedCall wants the answer that is about permissions, and no other error.
func refusedCall(t *testing.T, client *redisClient, command string) {
	t.Helper()
	reply, err := client.do(strings.Fields(command)...)
	if err == nil || !strings.HasPrefix(err.Error(), "NOPERM") {
		t.Errorf("%s is not refused: %v, %v", command, reply, err)
	}
}

// startRedis starts a server of Redis or Valkey on a free port of 127.0.0.1, without a disk, and stops it with the test.
func startRedis(t *testing.T) string {
	t.Helper()
	binary, err := exec.LookPath("valkey-server")
	if err != nil {
		if binary, err = exec.LookPath("redis-server"); err != nil {
			t.Fatal("neither valkey-server nor redis-server is on the PATH\nhint: apt-get install redis-server, version 7 or later")
		}
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	_, port, _ := net.SplitHostPort(address)
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	output := &emulator.Messages{}
	command := exec.Command(binary, "--bind", "127.0.0.1", "--port", port, "--save", "", "--appendonly", "no", "--dir", t.TempDir(), "--enable-debug-command", "yes")
	command.Stdout, command.Stderr = output, output
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = command.Process.Kill()
		_ = command.Wait()
	})
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		connection, err := net.DialTimeout("tcp", address, time.Second)
		if err == nil {
			_ = connection.Close()
			return address
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s does not listen on %s: %v\n%s", binary, address, err, output)
		}
	}
}

// redisClient speaks RESP2, of which a test needs little.
type redisClient struct {
	connection net.Conn
	reader     *bufio.Reader
}

func dialRedis(t *testing.T, address string) *redisClient {
	t.Helper()
	connection, err := net.DialTimeout("tcp", address, 5*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = connection.Close() })
	if err := connection.SetDeadline(time.Now().Add(30 * time.Second)); err != nil {
		t.Fatal(err)
	}
	return &redisClient{connection, bufio.NewReader(connection)}
}

// accessString is the ACL rules that the module cache makes of key patterns and its default commands.
func accessString(t *testing.T, patterns []string) string {
	t.Helper()
	file, diags := hclparse.NewParser().ParseHCL(modules.Files()["cache"]["variables.tf"], "variables.tf")
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	for _, block := range file.Body.(*hclsyntax.Body).Blocks {
		if block.Labels[0] != "commands" {
			continue
		}
		commands, diags := block.Body.Attributes["default"].Expr.Value(nil)
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		rules := "on"
		for _, glob := range cache.KeyGlobs(patterns) {
			rules += " ~" + glob
		}
		rules += " -@all"
		for _, command := range commands.AsValueSlice() {
			rules += " +" + command.AsString()
		}
		return rules
	}
	t.Fatal("the module cache has no commands")
	return ""
}

func loginSecret(t *testing.T, address, user string) *redisClient {
	t.Helper()
	client := dialRedis(t, address)
	if _, err := client.do("AUTH", user, "password-of-"+user); err != nil {
		t.Fatal(err)
	}
	return client
}

// do returns a string, an int64, or a []any of these; an answer that is an error becomes one. Nothing is "(nil)".
func (c *redisClient) do(words ...string) (any, error) {
	var request strings.Builder
	fmt.Fprintf(&request, "*%d\r\n", len(words))
	for _, word := range words {
		fmt.Fprintf(&request, "$%d\r\n%s\r\n", len(word), word)
	}
	if _, err := io.WriteString(c.connection, request.String()); err != nil {
		return nil, err
	}
	return c.read()
}

func (c *redisClient) read() (any, error) {
	line, err := c.reader.ReadString('\n')
	if err != nil {
		return nil, err
	}
	kind, text := line[0], strings.TrimRight(line[1:], "\r\n")
	switch kind {
	case '+':
		return text, nil
	case '-':
		return nil, errors.New(text)
	}
	number, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return nil, fmt.Errorf("not an answer of RESP: %q", line)
	}
	switch {
	case kind == ':':
		return number, nil
	case number < 0:
		return "(nil)", nil
	case kind == '$':
		value := make([]byte, number+2)
		_, err := io.ReadFull(c.reader, value)
		return string(value[:number]), err
	}
	list := make([]any, number)
	for i := range list {
		if list[i], err = c.read(); err != nil {
			return nil, err
		}
	}
	return list, nil
}
