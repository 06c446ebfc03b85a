//go:build validate && linux

package servers_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/groundplan/groundplan/e2e/emulator"
	"github.com/groundplan/groundplan/e2e/lab/state"
	"github.com/groundplan/groundplan/e2e/lab/state/sample"
	"github.com/groundplan/groundplan/e2e/lab/vpc"
	"github.com/groundplan/groundplan/e2e/lab/vpc/servers"
)

const (
	database = "shop-production-main.abc.us-east-1.rds.amazonaws.com"
	cache    = "master.shop-production.abc.use1.cache.amazonaws.com"
)

// account has the secrets and the cache's users that terraform would have made.
func account(t *testing.T) (*emulator.Caller, state.State) {
	t.Helper()
	cloud, err := emulator.Start(t.Context(), emulator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cloud.Close)
	caller, err := cloud.Caller(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(caller.Close)
	call := func(service, operation string, parameters map[string]any) map[string]any {
		answer, err := caller.Call(emulator.Anybody, service, operation, parameters)
		if err != nil {
			t.Fatal(err)
		}
		return answer
	}
	secret := func(name, value string) string {
		return call("secretsmanager", "CreateSecret", map[string]any{"Name": name, "SecretString": value})["ARN"].(string)
	}
	for _, process := range []string{"catalog", "gateway", "orders", "reports", "users"} {
		secret("shop/production/database/"+process, "of-"+process)
	}
	block := func(values map[string]any) []any { return []any{values} }
	s := sample.State()
	s["module.database_server_main.aws_db_subnet_group.this"] = map[string]any{"name": "main", "subnet_ids": []any{sample.StorageA, sample.StorageB}}
	s["module.database_server_main.aws_db_parameter_group.this"] = map[string]any{
		"name": "main", "parameter": block(map[string]any{"name": "rds.force_ssl", "value": "1"}),
	}
	s["module.database_server_main.aws_db_instance.this"] = map[string]any{
		"address": database, "port": 5432.0, "instance_class": "db.t4g.micro", "parameter_group_name": "main", "db_subnet_group_name": "main",
		"vpc_security_group_ids": []any{sample.Database},
		"master_user_secret":     block(map[string]any{"secret_arn": secret("rds!db-1", `{"username":"groundplan","password":"it's master"}`)}),
	}
	s["module.cache_sessions.aws_elasticache_subnet_group.this"] = map[string]any{"name": "sessions", "subnet_ids": []any{sample.StorageB}}
	s["module.cache_sessions.aws_elasticache_replication_group.this"] = map[string]any{
		"primary_endpoint_address": cache, "reader_endpoint_address": "replica." + cache, "port": 6379.0, "cluster_mode": "disabled",
		"subnet_group_name": "sessions", "security_group_ids": []any{sample.Cache}, "transit_encryption_enabled": true, "user_group_ids": []any{"sessions"},
	}
	s["module.cache_sessions.aws_elasticache_user_group.this"] = map[string]any{"user_group_id": "sessions", "user_ids": []any{"sessions-default", "sessions-orders"}}
	s["module.cache_sessions.aws_elasticache_user.default"] = map[string]any{"user_id": "sessions-default", "user_name": "default", "access_string": "off -@all"}
	for _, process := range []string{"orders", "foreign"} { // foreign is a user of another group
		id := "sessions-" + process
		s[fmt.Sprintf("module.cache_sessions.aws_elasticache_user.this[%q]", process)] = map[string]any{
			"user_id": id, "user_name": id, "access_string": "on ~session/* -@all +get +ping +set",
		}
		s[fmt.Sprintf("module.cache_sessions.aws_secretsmanager_secret.this[%q]", process)] = map[string]any{"arn": secret("shop/production/cache/"+process, strings.Repeat(process, 5))}
		call("elasticache", "CreateUser", map[string]any{
			"UserId": id, "UserName": id, "Engine": "redis", "AccessString": "on ~session/* -@all +get", "AuthenticationMode": map[string]any{"Type": "iam"},
		})
	}
	return caller, s
}

func start(t *testing.T, caller *emulator.Caller, resources state.State, inactive bool) (*vpc.Network, *servers.Servers) {
	t.Helper()
	network, err := vpc.New(t.Context(), vpc.Options{Resources: resources})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := network.Close(); err != nil {
			t.Error(err)
		}
	})
	guide, err := os.ReadFile("../../../../golden/shop/infra/README.md")
	if err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	s, err := servers.Start(t.Context(), servers.Options{
		Network: network, Resources: resources, Environment: "production", Guide: string(guide),
		Caller: caller, Identity: emulator.Anybody, Inactive: inactive,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("servers up in %v", time.Since(begun).Round(time.Millisecond))
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if left, _ := filepath.Glob(filepath.Join(network.Directory(), "servers", "*")); len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
	})
	return network, s
}

func TestDatabase(t *testing.T) {
	caller, resources := account(t)
	network, s := start(t, caller, resources, false)
	main := s.Database("module.database_server_main")
	if main == nil || main.Host != database || s.Database("module.other") != nil {
		t.Fatalf("servers are %v", s.Databases)
	}
	migrations := t.TempDir()
	for name, sql := range map[string]string{"2_second.up.sql": "INSERT INTO items VALUES (1);", "1_first.up.sql": "CREATE TABLE items (id int);", "1_first.down.sql": "nonsense"} {
		if err := os.WriteFile(filepath.Join(migrations, name), []byte(sql), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := main.Migrate(t.Context(), "catalog", migrations); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ user, password, database, sql, want string }{
		{"svc_catalog", "of-catalog", "catalog", "SELECT id FROM items", "1"},
		{"svc_reports", "of-reports", "catalog", "INSERT INTO items VALUES (2); SELECT count(*) FROM items", "2"},
		{"svc_catalog", "of-catalog", "catalog", "DROP TABLE items", "must be owner"},
		{"svc_catalog", "of-catalog", "catalog", "CREATE TABLE mine (id int)", "permission denied"},
		{"svc_catalog", "of-catalog", "orders", "SELECT 1", "permission denied for database"},
		{"svc_catalog", "wrong", "catalog", "SELECT 1", "password authentication failed"},
		{"rdsadmin", "", "postgres", "SELECT 1", "rejects connection"},
		{"groundplan", "it's master", "postgres", "SHOW max_connections", "112"},
		{"groundplan", "it's master", "postgres", "SELECT usesuper FROM pg_user WHERE usename = current_user", "f"},
		{"groundplan", "it's master", "postgres", "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()", "t"},
	} {
		said, err := main.RunAs(t.Context(), test.user, test.password, test.database, test.sql)
		if got := said + fmt.Sprint(err); !strings.Contains(got, test.want) {
			t.Errorf("%s in %s: %s: %s, want %s", test.user, test.database, test.sql, got, test.want)
		}
	}
	// From a task: without TLS nobody gets in, and the certificate is RDS's for this name.
	orders, err := network.Attach(vpc.Interface{Name: "orders", SubnetID: sample.ComputeA, SecurityGroupIDs: []string{sample.Orders}})
	if err != nil {
		t.Fatal(err)
	}
	ca := filepath.Join(network.Directory(), "rds.crt")
	if err := os.WriteFile(ca, network.RDS.PEM, 0o644); err != nil {
		t.Fatal(err)
	}
	for settings, want := range map[string]string{
		"sslmode=verify-full sslrootcert=" + ca: "1\n",
		"sslmode=disable":                       "no encryption",
	} {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		command := orders.Command(ctx, "psql", "-X", "-t", "-A", "-c", "SELECT 1", "host="+database+" user=svc_catalog password=of-catalog dbname=catalog "+settings)
		var said strings.Builder
		command.Stdout, command.Stderr = &said, &said
		if err := orders.Start(command); err != nil {
			t.Fatal(err)
		}
		command.Wait() // one of them is meant to fail
		cancel()
		if !strings.Contains(said.String(), want) {
			t.Errorf("%s: %s, want %s", settings, &said, want)
		}
	}
	if !strings.Contains(main.Messages(), "connection authorized") {
		t.Error("the server tells nothing of its connections")
	}
}

// redis sends commands to the cache and returns what it says to each.
func redis(t *testing.T, network *vpc.Network, commands ...string) []string {
	t.Helper()
	orders, err := network.Attach(vpc.Interface{Name: "orders", SubnetID: sample.ComputeA, SecurityGroupIDs: []string{sample.Orders}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := orders.Close(); err != nil {
			t.Error(err)
		}
	})
	raw, err := orders.Dial(t.Context(), net.JoinHostPort(cache, "6379"))
	if err != nil {
		t.Fatal(err)
	}
	connection := tls.Client(raw, &tls.Config{ServerName: cache, RootCAs: network.Public.Pool()})
	defer raw.Close()
	_ = connection.SetDeadline(time.Now().Add(5 * time.Second))
	reader := bufio.NewReader(connection)
	var said []string
	for _, command := range commands {
		if _, err := fmt.Fprint(connection, command+"\r\n"); err != nil {
			t.Fatal(err)
		}
		line, err := reader.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		if length, is := strings.CutPrefix(strings.TrimSpace(line), "$"); is {
			if number, _ := strconv.Atoi(length); number >= 0 {
				if line, err = reader.ReadString('\n'); err != nil {
					t.Fatal(err)
				}
			}
		}
		said = append(said, strings.TrimSpace(line))
	}
	return said
}

func TestCache(t *testing.T) {
	caller, resources := account(t)
	network, s := start(t, caller, resources, false)
	if found := s.Cache("module.cache_sessions"); found == nil || found.Host != cache || found.Port != 6379 {
		t.Fatalf("caches are %v", s.Caches)
	}
	said := redis(t, network, "PING", "AUTH sessions-orders wrong", "AUTH sessions-foreign foreignforeignforeignforeignforeign",
		"AUTH sessions-orders ordersordersordersordersorders", "SET session/1 a", "GET session/1", "SET cart/1 a", "DEL session/1")
	for index, want := range []string{"-NOAUTH", "-WRONGPASS", "-WRONGPASS", "+OK", "+OK", "a", "-NOPERM", "-NOPERM"} {
		if !strings.HasPrefix(said[index], want) {
			t.Errorf("answer %d is %s, want %s", index+1, said[index], want)
		}
	}
	answer, err := caller.Call(emulator.Anybody, "elasticache", "DescribeUsers", map[string]any{"UserId": "sessions-orders"})
	if err != nil || !strings.Contains(fmt.Sprint(answer), "password") {
		t.Errorf("the user is not activated in the account: %v %v", answer, err)
	}
}

func TestInactiveUser(t *testing.T) {
	caller, resources := account(t)
	delete(resources, "module.database_server_main.aws_db_instance.this")
	cluster := resources["module.cache_sessions.aws_elasticache_replication_group.this"]
	cluster["cluster_mode"], cluster["configuration_endpoint_address"] = "enabled", cache
	network, _ := start(t, caller, resources, true)
	if said := redis(t, network, "AUTH sessions-orders ordersordersordersordersorders"); !strings.HasPrefix(said[0], "-WRONGPASS") {
		t.Errorf("a user that nobody has activated logs in: %v", said)
	}
}

// TestCluster is a cache in cluster mode: one node that answers for every key.
func TestCluster(t *testing.T) {
	caller, resources := account(t)
	delete(resources, "module.database_server_main.aws_db_instance.this")
	cluster := resources["module.cache_sessions.aws_elasticache_replication_group.this"]
	cluster["cluster_mode"], cluster["configuration_endpoint_address"] = "enabled", cache
	network, _ := start(t, caller, resources, false)
	said := redis(t, network, "AUTH sessions-orders ordersordersordersordersorders", "SET session/1 a", "SET session/2 b", "GET session/2")
	if fmt.Sprint(said) != "[+OK +OK +OK b]" {
		t.Errorf("a cluster says %v", said)
	}
}
