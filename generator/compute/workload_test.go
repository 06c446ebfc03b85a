package compute

import (
	"slices"
	"strings"
	"testing"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/deploy"
	"github.com/groundplan/groundplan/generator/emit"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/kinds"
	"github.com/groundplan/groundplan/generator/stack"
	"github.com/groundplan/groundplan/generator/value"
)

// TestWorkloadWithoutServices lowers what hosts no service of the application: it has the image, command, rights, network paths, secrets and
// variables that it was given, nothing that Encore's runtime would read, and nothing of the application's.
func TestWorkloadWithoutServices(t *testing.T) {
	env := &environment.Environment{App: "shop", Name: "production", Region: "eu-west-1", Compute: "fargate", AccountID: "123456789012", IAMPath: "/", LogRetentionDays: 30, OutboundPorts: []int{5432}, HelperImage: "tools"}
	d := deploy.New(&app.App{Name: "shop", Runtime: app.EncoreGo, Services: []app.Service{{Name: "orders"}}}, env)
	server := app.DatabaseServerID("main")
	d.Add(&deploy.Workload{
		ID: app.ProcessID("migrations"), Why: deploy.Why{Does: `Migrates the databases of server "main"`},
		Ends:    true,
		Image:   deploy.Image{Name: "123456789012.dkr.ecr.eu-west-1.amazonaws.com/tools:7"},
		Command: []string{"migrate", "up"},
		Size:    environment.Task{CPU: 256, Memory: 512, Architecture: "ARM64", StopTimeoutSeconds: 30},
		Grants: []deploy.Grant{{Name: "logins", Why: deploy.Why{Does: "logs in as the owner"}, Actions: []string{"rds-db:connect"},
			Resources: []value.Value{value.Of(server, "user_arn")}}},
		Paths:     []deploy.Path{{To: server, Name: "database_server_main", Port: value.Of(server, "port"), Why: deploy.Whys{{Of: `database server "main"`}}}},
		Variables: []deploy.Variable{{Name: "PGHOST", Value: value.Of(server, "address"), Why: deploy.Why{Of: `database server "main"`}}},
		Secrets:   []deploy.Secret{{Variable: "PGPASSWORD", ARN: value.Of(server, "master_secret_arn"), Why: deploy.Why{Does: "password of the owner"}}},
	})
	kinds.Bind(d)
	s := stack.New("services", stack.Settings{}, nil)
	for _, id := range []app.ID{app.Network, app.EncryptionKey, app.Cluster, server} {
		label := strings.ReplaceAll(id.Kind, " ", "_")
		s.Found(id, label, "", "local."+label)
	}
	w := d.Workloads[0]
	rendered, diags := kinds.Render(w)
	if w.Rendered = rendered; diags.HasErrors() || len(rendered.Config.Fields) > 0 || len(w.Bindings) > 0 {
		t.Fatalf("it is told %v: %v", rendered, diags)
	}
	Fargate.Workload(d, s, w)
	files, diags := s.Print()
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	const want = `# Migrates the databases of server "main"
module "job_migrations" {
  source = "../../modules/fargate-job"

  name                 = "shop-production-migrations"
  cluster              = local.cluster
  network              = local.network
  key_arn              = local.encryption_key.arn
  image                = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/tools:7"
  registry             = { repository_arn = "arn:aws:ecr:eu-west-1:123456789012:repository/tools" }
  command              = ["migrate", "up"]
  task                 = { cpu = 256, memory = 512, architecture = "ARM64" }
  stop_timeout_seconds = 30
  firewall             = { outbound_ports = [5432] }
  helper_image         = "tools"

  environment = {
    # database server "main"
    PGHOST = local.database_server.address
  }

  secrets = {
    # password of the owner
    PGPASSWORD = local.database_server.master_secret_arn
  }

  permissions = {
    # logs in as the owner
    logins = {
      actions   = ["rds-db:connect"]
      resources = [local.database_server.user_arn]
    }
  }

  connections = {
    # database server "main"
    database_server_main = {
      security_group_id = local.database_server.security_group_id
      port              = local.database_server.port
    }
  }
}
`
	if got := strings.TrimPrefix(string(files["migrations.tf"]), emit.Header+"\n"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestServiceWithoutServices: one that listens is found by its name, and is no gateway.
func TestServiceWithoutServices(t *testing.T) {
	env := &environment.Environment{App: "shop", Name: "production", Region: "eu-west-1", Compute: "fargate"}
	d := deploy.New(&app.App{Name: "shop", Runtime: app.EncoreTypeScript}, env)
	d.Add(&deploy.Workload{ID: app.ProcessID("emissary"), Why: deploy.Why{Does: "Lets operators in"}, Image: deploy.Image{Name: "public.ecr.aws/tools/emissary:1"}, Port: 4000})
	kinds.Bind(d)
	s := stack.New("services", stack.Settings{}, nil)
	for _, id := range []app.ID{app.Network, app.EncryptionKey, app.Cluster} {
		label := strings.ReplaceAll(id.Kind, " ", "_")
		s.Found(id, label, "", "local."+label)
	}
	w := d.Workloads[0]
	w.Rendered, _ = kinds.Render(w)
	Fargate.Workload(d, s, w)
	call := s.Calls[w.ID]
	var names []string
	for _, a := range call.Args {
		names = append(names, a.Name)
	}
	if call.Module != "fargate-service" || call.File != "emissary.tf" || !slices.Contains(names, "listen") {
		t.Errorf("%+v", call)
	}
	for _, foreign := range []string{"infra_config", "routes", "registry", "environment", "secrets", "permissions"} {
		if slices.Contains(names, foreign) {
			t.Errorf("it has %s, which nobody gave it", foreign)
		}
	}
}
