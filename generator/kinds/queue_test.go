package kinds_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator"
	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/deploy"
	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/inspect"
	"github.com/groundplan/groundplan/generator/kinds"
	"github.com/groundplan/groundplan/generator/kinds/kind"
	"github.com/groundplan/groundplan/generator/reading"
	"github.com/groundplan/groundplan/generator/settings"
	"github.com/groundplan/groundplan/generator/source"
	"github.com/groundplan/groundplan/generator/stack"
	"github.com/groundplan/groundplan/generator/value"
)

// Queue is what a declaration of a queue says.
type Queue struct{ Ordered bool }

// Queues is the kind of queues: made up, to show what a kind takes.
var Queues = kind.Kind{
	Name: "queue", Noun: "queue",
	Manifest: []source.ManifestSpelling{{
		Block: "queue", Grammar: source.Kebab, Meaning: "A queue.",
		Settings: []settings.Setting{{Name: "ordered", Type: settings.Bool, Default: "`false`", Meaning: "Whether messages come in the order they were sent."}},
		List:     "queues", Operation: "send", ListMeaning: "Queues it sends to.",
	}},
	Verbs: map[string]string{"send": "sends"},
	Read: func(decl source.Decl, _ kind.Input) (any, hcl.Diagnostics) {
		var queue Queue
		return &queue, source.Decode(decl.Config, &queue)
	},
	Platform: lowerQueues,
	Bind:     bindQueues,
	Config:   configQueues,
	Env:      []kind.Variable{{Pattern: "<NAME>_QUEUE_ARN", Attribute: "arn", Meaning: "ARN of the queue."}},
	Inspection: kind.Inspection{
		List: "queues", Node: `(["queue <name>"])`,
		Entry: func(_ *app.App, r app.Resource) any {
			return map[string]string{"name": r.Name, "at": kind.FileLine(r.At)}
		},
		OfService: kind.Used("sends_to"),
	},
}

// lowerQueues makes a queue of each declaration. No module is made up for it: one that exists stands in.
func lowerQueues(d *deploy.Deployment, s *stack.Stack, queues []app.Resource) {
	for _, r := range queues {
		label := "queue_" + d.Label("queue", "", r.Name)
		s.Module(stack.Call{File: "queues.tf", Label: label, Module: "topic", Of: r.ID(),
			Why: []string{deploy.Why{Does: "Queue " + r.Name, Places: []deploy.Place{{File: r.At.Filename}}}.String()},
			Args: []value.Field{
				value.Arg("name", value.String(d.Env.App+"-"+d.Env.Name+"-"+r.Name)),
				value.Arg("key_arn", kind.KeyARN()),
				value.Arg("fifo", value.Bool(r.Spec.(*Queue).Ordered)),
			}})
	}
}

// bindQueues lets a workload send to the queues it uses, and says which they are.
func bindQueues(w *deploy.Workload) {
	for name, uses := range w.Uses("queue") {
		id := app.ID{Kind: "queue", Name: name}
		arn := value.Of(id, "arn")
		w.Permit(deploy.Grant{Of: id, Name: "queue_" + w.Deployment.Label("queue", "", name), Actions: []string{"sqs:SendMessage"}, Resources: []value.Value{arn},
			Why: deploy.Why{Of: id.Quoted(), Does: "sends", Places: deploy.Places(uses)}})
		w.Bind(deploy.Binding{Of: id, Attributes: map[string]value.Value{"arn": arn}, Why: deploy.Why{Of: id.Quoted(), Places: deploy.Places(uses)}})
	}
}

// configQueues is the section that Encore's runtimes would read, if they knew queues.
func configQueues(_ *deploy.Workload, bound []deploy.Binding) ([]value.Field, []deploy.Secret) {
	var queues []value.Field
	for _, b := range bound {
		queues = append(queues, value.Arg(b.Of.Name, value.Object(value.Arg("arn", b.Attributes["arn"]))))
	}
	return []value.Field{value.Arg("queues", value.Map(queues...))}, nil
}

// written is the folder of an application that has a queue, under a runtime.
func written(t *testing.T, runtime string) string {
	t.Helper()
	root := filepath.Join(t.TempDir(), "shop")
	if err := os.MkdirAll(root, 0o755); err != nil {
		t.Fatal(err)
	}
	manifest := "app \"shop\" {\n  runtime = \"" + runtime + "\"\n}\n\nqueue \"late-mails\" {\n  ordered = true\n}\n\nservice \"mailer\" {\n  uses {\n    queues = [\"late-mails\"]\n  }\n}\n"
	if err := os.WriteFile(filepath.Join(root, "groundplan.app.hcl"), []byte(manifest), 0o644); err != nil {
		t.Fatal(err)
	}
	return root
}

// generated are the files of the application in a folder.
func generated(t *testing.T, root string) map[string][]byte {
	t.Helper()
	output, _, diags, err := generator.FromSource(generator.Options{Root: root, Out: filepath.Join(root, "infra")})
	if err != nil || diags.HasErrors() {
		for _, d := range diags {
			t.Log(d.Summary, diagnostic.Text(d))
		}
		t.Fatal(err)
	}
	return output.Files
}

// TestAKindIsOneValue adds a kind: with this file's value in kinds.All and nothing else, a manifest declares one, the platform
// makes it, and a service that uses it may, and is told, under every runtime.
func TestAKindIsOneValue(t *testing.T) {
	before := kinds.All
	t.Cleanup(func() { kinds.All = before })
	kinds.All = append(before[:len(before):len(before)], Queues)
	for runtime, told := range map[string]string{"container": "LATE_MAILS_QUEUE_ARN", "encore-go": "queues = {", "encore-typescript": "queues = {"} {
		root := written(t, runtime)
		files := generated(t, root)
		for path, want := range map[string][]string{
			"production/platform/queues.tf":  {"# Queue late-mails, in groundplan.app.hcl\nmodule \"queue_late_mails\" {", "key_arn", "fifo"},
			"production/platform/outputs.tf": {`output "queue_late_mails"`},
			"production/services/mailer.tf":  {"# queue \"late-mails\": sends, in groundplan.app.hcl\n", `["sqs:SendMessage"]`, "local.platform.queue_late_mails.arn", told},
		} {
			for _, text := range want {
				if !strings.Contains(string(files[path]), text) {
					t.Errorf("%s: %s lacks %q:\n%s", runtime, path, text, files[path])
				}
			}
		}
		inspected(t, root)
	}
}

// inspected holds what inspect shows of the application in a folder: the queue, and that the service sends to it.
func inspected(t *testing.T, root string) {
	t.Helper()
	application, diags, err := reading.FromSource(root)
	if err != nil || diags.HasErrors() {
		t.Fatal(err, diags)
	}
	text, err := inspect.JSON(application, nil)
	if err != nil {
		t.Fatal(err)
	}
	var object struct {
		Services []struct {
			Sends []string `json:"sends_to"`
		}
		Queues []struct{ Name string }
	}
	if err := json.Unmarshal(text, &object); err != nil {
		t.Fatal(err)
	}
	if len(object.Queues) != 1 || object.Queues[0].Name != "late-mails" || !slices.Equal(object.Services[0].Sends, []string{"late-mails"}) {
		t.Errorf("the JSON has the lists %+v", object)
	}
	if diagram := inspect.Mermaid(application); !strings.Contains(diagram, `(["queue late-mails"])`) || !strings.Contains(diagram, `-- "sends" -->`) {
		t.Errorf("the diagram has no queue, or nobody who sends to it:\n%s", diagram)
	}
	if lines := inspect.Text(application, nil, false); !strings.Contains(lines, "queue  late-mails  sends") {
		t.Errorf("the text does not say who sends to the queue:\n%s", lines)
	}
}

// TestThePageShowsAKind: the code on the page about adding a kind is the code that is tested here.
func TestThePageShowsAKind(t *testing.T) {
	own, err := os.ReadFile("queue_test.go")
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile("../../docs/adding-a-kind.md")
	if err != nil {
		t.Fatal(err)
	}
	_, code, _ := strings.Cut(string(own), "// Queue is what")
	code, _, _ = strings.Cut("// Queue is what"+code, "// written is")
	if !strings.Contains(string(page), "```go\n"+strings.TrimSpace(code)+"\n```") {
		t.Error("docs/adding-a-kind.md shows other code than generator/kinds/queue_test.go")
	}
}
