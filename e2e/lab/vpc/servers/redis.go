//go:build linux

package servers

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/groundplan/groundplan/e2e/lab/state"
)

// Cache is a running cache.
type Cache struct {
	Module   string // address of its module, "module.cache_sessions"
	Host     string // name that clients know: of the primary, or of the cluster
	Address  netip.Addr
	Port     int
	Messages func() string
}

// keeper is the laboratory's own user, by the socket that only this machine reaches.
const keeper = "laboratory"

func (s *Servers) startCache(ctx context.Context, options Options, resource state.Resource) error {
	program, err := redisServer()
	if err != nil {
		return err
	}
	subnets := subnetsOf(options.Resources, "aws_elasticache_subnet_group", resource.Text("subnet_group_name"))
	if len(subnets) == 0 {
		return fmt.Errorf("%s: no subnet group %q in the state", resource.Address, resource.Text("subnet_group_name"))
	}
	name := strings.ReplaceAll(strings.TrimPrefix(resource.Module, "module."), "_", "-")
	p, err := s.place(options, name, subnets[0], resource.Texts("security_group_ids"), "redis", "nobody")
	if err != nil {
		return err
	}
	var hosts []string
	for _, attribute := range []string{"configuration_endpoint_address", "primary_endpoint_address", "reader_endpoint_address"} {
		if host := resource.Text(attribute); host != "" && !slices.Contains(hosts, host) {
			hosts = append(hosts, host)
		}
	}
	if len(hosts) == 0 {
		return fmt.Errorf("%s has no address in the state", resource.Address)
	}
	password := randomPassword()
	users, err := accessList(options, resource)
	if err != nil {
		return err
	}
	users = append(users, fmt.Sprintf("user %s on >%s ~* &* +@all", keeper, password))
	list, err := p.write("users.acl", []byte(strings.Join(users, "\n")+"\n"))
	if err != nil {
		return err
	}
	settings, err := p.cacheSettings(options, resource, hosts, list)
	if err != nil {
		return err
	}
	if err := p.run(program, settings); err != nil {
		return err
	}
	port := resource.Number("port")
	if err := p.await(ctx, func() error { return p.listens(ctx, port) }); err != nil {
		return err
	}
	if clustered(resource) {
		if err := p.takeAllSlots(ctx, password); err != nil {
			return err
		}
	}
	for _, host := range hosts {
		options.Network.Names().SetName(host, 5*time.Second, p.attachment.Address)
	}
	s.lock.Lock()
	defer s.lock.Unlock()
	s.Caches = append(s.Caches, &Cache{Module: resource.Module, Host: hosts[0], Address: p.attachment.Address, Port: port, Messages: p.messages})
	return nil
}

func redisServer() (string, error) {
	for _, name := range []string{"valkey-server", "redis-server"} {
		if found, err := exec.LookPath(name); err == nil {
			return found, nil
		}
	}
	return "", errors.New("neither redis-server nor valkey-server is on PATH\nhint: `make setup` as root installs redis-server")
}

func clustered(resource state.Resource) bool { return resource.Text("cluster_mode") == "enabled" }

// cacheSettings writes the configuration of a cache.
func (p *process) cacheSettings(options Options, resource state.Resource, hosts []string, list string) (string, error) {
	certificate, key, err := p.certify(options.Network.Public, hosts...)
	if err != nil {
		return "", err
	}
	authority, err := p.write("ca.crt", options.Network.Public.PEM)
	if err != nil {
		return "", err
	}
	lines := []string{
		"bind " + p.attachment.Address.String(), "protected-mode no", "dir " + p.folder, "save \"\"", "appendonly no", "daemonize no",
		"unixsocket " + filepath.Join(p.folder, "socket"), "aclfile " + list,
		"tls-cert-file " + certificate, "tls-key-file " + key, "tls-ca-cert-file " + authority, "tls-auth-clients no",
	}
	port := resource.Number("port")
	if resource.Flag("transit_encryption_enabled") {
		lines = append(lines, "port 0", fmt.Sprintf("tls-port %d", port))
	} else {
		lines = append(lines, fmt.Sprintf("port %d", port))
	}
	if clustered(resource) {
		lines = append(lines, "cluster-enabled yes", "cluster-announce-hostname "+hosts[0], "cluster-preferred-endpoint-type hostname",
			"cluster-announce-ip "+p.attachment.Address.String(), "tls-cluster yes")
	}
	for _, group := range options.Resources.Of("aws_elasticache_parameter_group") {
		if group.Text("name") != resource.Text("parameter_group_name") {
			continue
		}
		for _, parameter := range group.Blocks("parameter") {
			if parameter.Text("name") == "maxmemory-policy" {
				lines = append(lines, "maxmemory-policy "+parameter.Text("value"))
			}
		}
	}
	return p.write("redis.conf", []byte(strings.Join(lines, "\n")+"\n"))
}

// accessList is the users that the cache's groups admit, each with its rules and, once it is activated, its password. A
// user of IAM has none here, and cannot log in.
func accessList(options Options, resource state.Resource) ([]string, error) {
	admitted := []string{}
	for _, group := range options.Resources.Of("aws_elasticache_user_group") {
		if slices.Contains(resource.Texts("user_group_ids"), group.Text("user_group_id")) {
			admitted = append(admitted, group.Texts("user_ids")...)
		}
	}
	if len(admitted) == 0 {
		return nil, nil // the default user of Redis, who may do everything
	}
	secrets := map[string]string{} // ARN by module and process
	for _, secret := range options.Resources.Of("aws_secretsmanager_secret") {
		secrets[secret.Module+" "+secret.Key] = secret.Text("arn")
	}
	var lines []string
	for _, user := range options.Resources.Of("aws_elasticache_user") {
		if !slices.Contains(admitted, user.Text("user_id")) {
			continue
		}
		password := "resetpass"
		if arn := secrets[user.Module+" "+user.Key]; arn != "" && user.Key != "" && !options.Inactive {
			value, err := options.activate(user.Text("user_id"), arn)
			if err != nil {
				return nil, err
			}
			password = ">" + value
		}
		lines = append(lines, fmt.Sprintf("user %s %s %s", user.Text("user_name"), password, user.Text("access_string")))
	}
	return lines, nil
}

// activate does what the command of the cache module does: it reads a password and gives it to a user.
func (o Options) activate(user, secretARN string) (string, error) {
	password, err := o.secret(secretARN)
	if err != nil {
		return "", err
	}
	_, err = o.operator("elasticache", "ModifyUser", map[string]any{
		"UserId": user, "AuthenticationMode": map[string]any{"Type": "password", "Passwords": []any{password}},
	})
	if err != nil {
		return "", fmt.Errorf("cache user %s cannot be activated: %w", user, err)
	}
	return password, nil
}

// takeAllSlots makes a cluster of one node, and waits until the node has noticed.
func (p *process) takeAllSlots(ctx context.Context, password string) error {
	ask := func(arguments ...string) (string, error) {
		command := exec.CommandContext(ctx, "redis-cli", append([]string{"-s", filepath.Join(p.folder, "socket"), "--user", keeper}, arguments...)...)
		command.Env = append(os.Environ(), "REDISCLI_AUTH="+password)
		command.SysProcAttr = &syscall.SysProcAttr{Credential: p.credential}
		said, err := command.CombinedOutput()
		return string(said), err
	}
	if said, err := ask("CLUSTER", "ADDSLOTSRANGE", "0", "16383"); err != nil || !strings.Contains(said, "OK") {
		return fmt.Errorf("%s is no cluster: %w: %s", p.name, err, said)
	}
	return p.await(ctx, func() error {
		said, err := ask("CLUSTER", "INFO")
		if err == nil && !strings.Contains(said, "cluster_state:ok") {
			err = errors.New(said)
		}
		return err
	})
}
