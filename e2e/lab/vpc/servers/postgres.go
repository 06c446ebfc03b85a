//go:build linux

package servers

import (
	"cmp"
	"context"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/groundplan/groundplan/e2e/lab/state"
)

// Database is a running database server.
type Database struct {
	Module   string // address of its module, "module.database_server_main"
	Host     string // name that clients know
	Address  netip.Addr
	Port     int
	Master   string // user
	Password string // of the master user
	Messages func() string

	process *process
	ca      string // file
}

// databasePlan is what the state says of a server, an instance or a cluster.
type databasePlan struct {
	module, host   string
	names          []string // all that its certificate is for
	port           int
	subnetGroup    string
	groups         []string
	secret         string // ARN
	forceTLS       bool
	maxConnections int
}

func databasePlans(resources state.State) []databasePlan {
	var plans []databasePlan
	parameters := func(kind, name string) map[string]string {
		values := map[string]string{}
		for _, group := range resources.Of(kind) {
			if group.Text("name") != name {
				continue
			}
			for _, parameter := range group.Blocks("parameter") {
				values[parameter.Text("name")] = parameter.Text("value")
			}
		}
		return values
	}
	for _, resource := range resources.Of("aws_db_instance") {
		settings := parameters("aws_db_parameter_group", resource.Text("parameter_group_name"))
		plans = append(plans, databasePlan{
			module: resource.Module, host: resource.Text("address"), names: []string{resource.Text("address")}, port: resource.Number("port"),
			subnetGroup: resource.Text("db_subnet_group_name"), groups: resource.Texts("vpc_security_group_ids"),
			secret: resource.Block("master_user_secret").Text("secret_arn"), forceTLS: settings["rds.force_ssl"] == "1",
			maxConnections: cmp.Or(numberIn(settings["max_connections"]), connectionsOf(memory(resource.Text("instance_class")))),
		})
	}
	for _, resource := range resources.Of("aws_rds_cluster") {
		settings := parameters("aws_rds_cluster_parameter_group", resource.Text("db_cluster_parameter_group_name"))
		plans = append(plans, databasePlan{
			module: resource.Module, host: resource.Text("endpoint"), names: []string{resource.Text("endpoint"), resource.Text("reader_endpoint")},
			port: resource.Number("port"), subnetGroup: resource.Text("db_subnet_group_name"), groups: resource.Texts("vpc_security_group_ids"),
			secret: resource.Block("master_user_secret").Text("secret_arn"), forceTLS: settings["rds.force_ssl"] == "1",
			maxConnections: cmp.Or(numberIn(settings["max_connections"]), connectionsOf(2*float(resource.Block("serverlessv2_scaling_configuration").Values["max_capacity"]))),
		})
	}
	return plans
}

func numberIn(text string) int {
	value, _ := strconv.Atoi(text) // a formula of RDS is none
	return value
}

func float(value any) float64 {
	number, _ := strconv.ParseFloat(fmt.Sprint(value), 64)
	return number
}

var instanceSize = regexp.MustCompile(`^db\.([a-z])[a-z0-9]*\.(?:(\d*)x)?([a-z]+)$`)

// memory is that of an instance class in GiB: burstable and general classes have 8 for large and twice as much for each
// size above, memory classes double of that.
func memory(class string) float64 {
	match := instanceSize.FindStringSubmatch(class)
	if match == nil {
		return 1
	}
	gibibytes := map[string]float64{"micro": 1, "small": 2, "medium": 4, "large": 8}[match[3]]
	if strings.HasSuffix(class, "xlarge") {
		gibibytes = 16 * float64(max(1, numberIn(match[2])))
	}
	if match[1] == "r" || match[1] == "x" {
		gibibytes *= 2
	}
	return max(gibibytes, 1)
}

// connectionsOf is RDS's default for max_connections, LEAST({DBInstanceClassMemory/9531392}, 5000).
func connectionsOf(gibibytes float64) int {
	return min(int(gibibytes*(1<<30)/9531392), 5000)
}

// binaries is the folder of the newest PostgreSQL of this machine.
func binaries() (string, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	if err != nil || len(found) == 0 {
		return "", fmt.Errorf("there is no PostgreSQL server under /usr/lib/postgresql\nhint: `make setup` as root installs postgresql")
	}
	newest := slices.MaxFunc(found, func(a, b string) int {
		return numberIn(strings.Split(a, "/")[4]) - numberIn(strings.Split(b, "/")[4])
	})
	return filepath.Dir(newest), nil
}

// superuser is RDS's own, whom nobody logs in as but from the machine itself.
const superuser = "rdsadmin"

func (s *Servers) startDatabase(ctx context.Context, options Options, plan databasePlan, sql string) error {
	programs, err := binaries()
	if err != nil {
		return err
	}
	subnets := subnetsOf(options.Resources, "aws_db_subnet_group", plan.subnetGroup)
	if len(subnets) == 0 {
		return fmt.Errorf("%s: no subnet group %q in the state", plan.module, plan.subnetGroup)
	}
	name := strings.ReplaceAll(strings.TrimPrefix(plan.module, "module."), "_", "-")
	p, err := s.place(options, name, subnets[0], plan.groups, "postgres", "nobody")
	if err != nil {
		return err
	}
	p.gently = syscall.SIGINT // clients are cut off
	secret, err := options.secret(plan.secret)
	if err != nil {
		return err
	}
	master, password, err := masterSecret(secret)
	if err != nil {
		return err
	}
	if err := p.configure(ctx, programs, options, plan); err != nil {
		return err
	}
	if err := p.run(filepath.Join(programs, "postgres"), "-D", filepath.Join(p.folder, "data")); err != nil {
		return err
	}
	ca := filepath.Join(p.folder, "ca.crt")
	if err := os.WriteFile(ca, options.Network.RDS.PEM, 0o644); err != nil {
		return err
	}
	d := &Database{
		Module: plan.module, Host: plan.host, Address: p.attachment.Address, Port: plan.port, Master: master, Password: password,
		Messages: p.messages, process: p, ca: ca,
	}
	if err := d.setUp(ctx, options, sql); err != nil {
		return err
	}
	for _, host := range plan.names {
		options.Network.Names().SetName(host, 5*time.Second, p.attachment.Address)
	}
	s.lock.Lock()
	defer s.lock.Unlock()
	s.Databases = append(s.Databases, d)
	return nil
}

// setUp makes the master user, as RDS does, and as that user what the guide says.
func (d *Database) setUp(ctx context.Context, options Options, sql string) error {
	setup := fmt.Sprintf(`CREATE ROLE rds_superuser NOLOGIN;
GRANT pg_monitor, pg_signal_backend, pg_read_all_stats TO rds_superuser WITH ADMIN OPTION;
CREATE ROLE %[1]s LOGIN CREATEDB CREATEROLE PASSWORD %[2]s;
GRANT rds_superuser TO %[1]s;
`, identifier(d.Master), quote(d.Password))
	if err := d.process.await(ctx, func() error { return d.locally(ctx, "SELECT 1") }); err != nil {
		return err
	}
	if err := d.locally(ctx, setup); err != nil {
		return err
	}
	sql, err := withPasswords(sql, options.secret)
	if err != nil || sql == "" {
		return err
	}
	if _, err := d.Run(ctx, "postgres", sql); err != nil {
		return fmt.Errorf("the guide's SQL for %s: %w", d.Module, err)
	}
	return nil
}

// configure makes the data folder and its settings.
func (p *process) configure(ctx context.Context, programs string, options Options, plan databasePlan) error {
	data := filepath.Join(p.folder, "data")
	initdb := exec.CommandContext(ctx, filepath.Join(programs, "initdb"),
		"-D", data, "-U", superuser, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions")
	initdb.Dir = p.folder
	initdb.SysProcAttr = &syscall.SysProcAttr{Credential: p.credential}
	initdb.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C.UTF-8"}
	if said, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: initdb: %w\n%s", p.name, err, said)
	}
	certificate, key, err := p.certify(options.Network.RDS, plan.names...)
	if err != nil {
		return err
	}
	kind := "host"
	if plan.forceTLS {
		kind = "hostssl"
	}
	access := fmt.Sprintf("local\tall\t%[1]s\ttrust\nhost\tall\t%[1]s\tall\treject\n%[2]s\t%[3]s\t%[3]s\t0.0.0.0/0\tscram-sha-256\n", superuser, kind, "all")
	settings := fmt.Sprintf(`
listen_addresses = '%s'
port = %d
unix_socket_directories = '%s'
max_connections = %d
ssl = on
ssl_cert_file = '%s'
ssl_key_file = '%s'
ssl_min_protocol_version = 'TLSv1.2'
password_encryption = 'scram-sha-256'
shared_buffers = 16MB
fsync = off
synchronous_commit = off
full_page_writes = off
log_connections = on
`, p.attachment.Address, plan.port, p.folder, plan.maxConnections, certificate, key)
	if _, err := p.write("data/pg_hba.conf", []byte(access)); err != nil {
		return err
	}
	file, err := os.OpenFile(filepath.Join(data, "postgresql.conf"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer file.Close()
	_, err = file.WriteString(settings)
	return err
}

// identifier makes an SQL name of a text.
func identifier(text string) string { return `"` + strings.ReplaceAll(text, `"`, `""`) + `"` }

func subnetsOf(resources state.State, kind, name string) []string {
	for _, group := range resources.Of(kind) {
		if group.Text("name") == name {
			return group.Texts("subnet_ids")
		}
	}
	return nil
}

// locally runs SQL as RDS's own superuser, by the socket that only this machine reaches.
func (d *Database) locally(ctx context.Context, sql string) error {
	_, err := d.psql(ctx, sql, fmt.Sprintf("host='%s' port=%d user=%s dbname=postgres", d.process.folder, d.Port, superuser), "")
	return err
}

// Run runs a script of psql as the master user, over TLS and with the server's certificate verified, as an operator does.
// It stops at the first error. What is printed is rows alone, columns divided by |.
func (d *Database) Run(ctx context.Context, database, sql string) (string, error) {
	return d.RunAs(ctx, d.Master, d.Password, database, sql)
}

// RunAs is Run as any user.
func (d *Database) RunAs(ctx context.Context, user, password, database, sql string) (string, error) {
	place := fmt.Sprintf("host='%s' hostaddr=%s port=%d user='%s' dbname='%s' sslmode=verify-full sslrootcert='%s' connect_timeout=5",
		d.Host, d.Address, d.Port, user, database, d.ca)
	return d.psql(ctx, sql, place, password)
}

func (d *Database) psql(ctx context.Context, sql, place, password string) (string, error) {
	command := exec.CommandContext(ctx, "psql", "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--no-password", "--set=ON_ERROR_STOP=1", "--dbname="+place, "--file=-")
	command.Env = []string{"PATH=" + os.Getenv("PATH"), "PGPASSWORD=" + password, "HOME=/nonexistent", "LC_ALL=C.UTF-8"}
	command.Stdin = strings.NewReader(sql)
	var said, failed strings.Builder
	command.Stdout, command.Stderr = &said, &failed
	if err := d.process.attachment.Start(command); err != nil {
		return "", err
	}
	if err := command.Wait(); err != nil {
		return said.String(), fmt.Errorf("psql: %w: %s", err, failed.String())
	}
	return said.String(), nil
}

// Migrate applies the .up.sql files of a folder to a database as the master user, in the order of their numbers.
func (d *Database) Migrate(ctx context.Context, database, folder string) error {
	files, err := filepath.Glob(filepath.Join(folder, "*.up.sql"))
	if err != nil {
		return err
	}
	order := func(file string) int {
		digits, _, _ := strings.Cut(filepath.Base(file), "_")
		return numberIn(digits)
	}
	slices.SortFunc(files, func(a, b string) int { return cmp.Or(order(a)-order(b), strings.Compare(a, b)) })
	for _, file := range files {
		sql, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		if _, err := d.Run(ctx, database, string(sql)); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
	}
	return nil
}
