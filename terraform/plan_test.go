//go:build unix

package terraform

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/groundplan/groundplan/blueprint"
	"github.com/groundplan/groundplan/terraform/change"
	"github.com/groundplan/groundplan/terraform/engine"
)

// script stands in for terraform: it answers from files that a test puts into the folder of a stack.
const script = `#!/bin/sh
if [ "$1" = version ]; then echo 'Terraform v1.11.4'; exit; fi
cd "${1#-chdir=}"; shift
echo "$*" >> commands
case "$1" in
init) mkdir -p .terraform;;
plan) [ -f fails ] && { cat fails; exit 1; }; exit 2;;
show) cat shown;;
state) [ -f state ] && cat state;;
esac
exit 0`

// environment is a platform and services of an application, over a stand-in for terraform.
func environment(t *testing.T) (*Environment, map[string]string) {
	t.Helper()
	out, programs := t.TempDir(), t.TempDir()
	path := filepath.Join(programs, "terraform")
	if err := os.WriteFile(path, []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	var talk bytes.Buffer
	found, err := engine.Find(t.Context(), path, nil, &talk)
	if err != nil {
		t.Fatal(err)
	}
	folders := map[string]string{}
	for _, name := range []string{"platform", "services"} {
		folders[name] = filepath.Join(out, "staging", name)
		if err := os.MkdirAll(folders[name], 0o700); err != nil {
			t.Fatal(err)
		}
	}
	return &Environment{
		App: "shop", Out: out, Engine: found, Private: t.TempDir(), Talk: &talk,
		Environment: &blueprint.Environment{
			Name: "staging", Registry: blueprint.Registry{Name: "shop-staging"},
			Images:    []blueprint.Image{{}, {TagPrefix: "web-"}, {Reference: "public/image:1"}},
			Workloads: []blueprint.Workload{{ID: "process orders", Uses: []string{"topic order-placed"}}, {ID: "process billing"}},
			Stacks: []blueprint.Stack{
				{Name: "platform", Folder: "staging/platform", Components: []blueprint.Component{
					{ID: "topic order-placed", Noun: "topic", Address: "module.topic_order_placed"},
				}},
				{
					Name: "services", Folder: "staging/services", Variables: []blueprint.Variable{{Name: blueprint.ImageTag}},
					Components: []blueprint.Component{
						{ID: "process billing", Noun: "service", Address: "module.service_billing"},
						{ID: "process orders", Noun: "service", Address: "module.service_orders"},
						{ID: "process users", Noun: "service", Address: "module.service_users"},
					},
				},
			},
		},
	}, folders
}

func put(t *testing.T, folder, name string, content string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

const (
	planOfTopic = `{"format_version":"1.2",PRIOR"output_changes":{"topic":{"actions":["create"],"after_unknown":true}},
"resource_changes":[{"address":"module.topic_order_placed.aws_sns_topic.this","module_address":"module.topic_order_placed","mode":"managed",
"type":"aws_sns_topic","name":"this","change":{"actions":["create"],"before":null,"after":{}}}]}`
	applied = `"prior_state":{"format_version":"1.0","values":{"root_module":{"resources":[
{"address":"terraform_data.account","mode":"managed","type":"terraform_data","name":"account","values":{}}]}}},`
	onlyRead = `"prior_state":{"format_version":"1.0","values":{"outputs":{"identity":{"sensitive":false,"value":"1","type":"string"}},"root_module":{"resources":[
{"address":"data.aws_region.current","mode":"data","type":"aws_region","name":"current","values":{}}]}}},`
	noOutput = `{"type":"diagnostic","diagnostic":{"severity":"error","summary":"Unsupported attribute","snippet":{"code":"topic = local.platform.topic.arn"}}}
`
	otherError = `{"type":"diagnostic","diagnostic":{"severity":"error","summary":"Invalid value","snippet":{"code":"cpu = 3"}}}
`
)

// servicesState has a service of before beside two that stay.
func servicesState(t *testing.T, images ...string) string {
	t.Helper()
	type object = map[string]any
	resources := []object{{"module": "module.service_old", "mode": "managed", "type": "aws_ecs_service", "instances": []object{}}}
	for i, image := range images {
		containers, err := json.Marshal([]object{{"name": "app", "image": image}, {"name": "helper", "image": "public/image:1"}})
		if err != nil {
			t.Fatal(err)
		}
		resources = append(resources, object{
			"module": []string{"module.service_orders", "module.service_billing"}[i%2], "mode": "managed", "type": "aws_ecs_task_definition",
			"instances": []object{{"attributes": object{"container_definitions": string(containers)}}},
		})
	}
	text, err := json.Marshal(object{"lineage": "l", "serial": 3, "resources": resources})
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

const repository = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop-staging:"

// summaries are what is said of components.
func summaries(set change.Set) []string {
	var said []string
	for _, c := range set.Components {
		said = append(said, c.Title()+": "+c.Summary)
	}
	return said
}

func TestServicesWithoutAPlatformAreShownFromTheCode(t *testing.T) {
	for name, prior := range map[string]string{"nothing": "", "read before": onlyRead} {
		t.Run(name, func(t *testing.T) {
			e, folders := environment(t)
			put(t, folders["platform"], "shown", strings.Replace(planOfTopic, "PRIOR", prior, 1))
			planned, err := e.Plan(t.Context(), Planning{})
			if err != nil {
				t.Fatal(err)
			}
			services := planned[1]
			want := []string{"service billing: created", "service orders: created", "service users: created"}
			if services.File != "" || services.Changes.Unplanned != "platform does not exist yet" || !slices.Equal(summaries(services.Changes), want) {
				t.Errorf("%+v, %q", services, summaries(services.Changes))
			}
			if _, err := os.Stat(filepath.Join(folders["services"], "commands")); err == nil {
				t.Error("something was run for services")
			}
		})
	}
}

// TestServicesAheadOfThePlatform use an output that it does not have yet.
func TestServicesAheadOfThePlatform(t *testing.T) {
	e, folders := environment(t)
	put(t, folders["platform"], "shown", strings.Replace(planOfTopic, "PRIOR", applied, 1))
	put(t, folders["services"], "fails", noOutput)
	put(t, folders["services"], "state", servicesState(t, repository+"v7", repository+"web-v7"))
	planned, err := e.Plan(t.Context(), Planning{})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"service old: destroyed", "process orders: gets topic order-placed", "service users: created"}
	got := summaries(planned[1].Changes)
	if planned[1].Changes.Unplanned != "platform has to be applied before" || len(got) != 3 || got[0] != want[0] || !strings.HasSuffix(got[1], "orders: gets topic order-placed") || got[2] != want[2] {
		t.Errorf("%+v, %q", planned[1], got)
	}
	put(t, folders["services"], "fails", noOutput+otherError)
	_, err = e.Plan(t.Context(), Planning{})
	var at *StackError
	var failed *engine.FailedError
	if !errors.As(err, &at) || at.Stack.Name != "services" || !errors.As(err, &failed) || len(failed.Diagnostics) != 2 {
		t.Errorf("%#v", err)
	}
}

// TestServicesAloneAskTheirPlatform whether it is there.
func TestServicesAloneAskTheirPlatform(t *testing.T) {
	e, folders := environment(t)
	planned, err := e.Plan(t.Context(), Planning{Stacks: []string{"services"}})
	if err != nil || len(planned) != 1 || planned[0].Changes.Unplanned == "" {
		t.Errorf("%+v, %v", planned, err)
	}
	put(t, folders["platform"], "state", `{"lineage":"l","serial":1,"resources":[{"module":"module.topic_order_placed","mode":"managed","type":"aws_sns_topic"}]}`)
	put(t, folders["services"], "shown", strings.Replace(planOfTopic, "PRIOR", "", 1))
	planned, err = e.Plan(t.Context(), Planning{Stacks: []string{"services"}, ImageTag: "v9"})
	if err != nil || len(planned) != 1 || planned[0].File == "" || planned[0].Variables["image_tag"] != "v9" {
		t.Errorf("%+v, %v", planned, err)
	}
}

func TestImageTag(t *testing.T) {
	for _, test := range []struct {
		name   string
		images []string
		asked  string
		file   string
		tag    string
		wanted string // what the error says
	}{
		{name: "asked", images: []string{repository + "v7"}, asked: "v8", tag: "v8"},
		{name: "deployed", images: []string{repository + "v7", repository + "web-v7"}, tag: "v7"},
		{name: "deployed several", images: []string{repository + "v7", repository + "web-v6"}, wanted: "which image? tasks run images of several tags (v6, v7): choose one, --image-tag v7"},
		{name: "of another registry", images: []string{"ghcr.io/shop/web:v7"}, wanted: "which image? nothing is deployed whose tag could stay: --image-tag TAG"},
		{name: "nothing deployed", wanted: "which image? nothing is deployed"},
		{name: "in a file", file: "image_tag = \"v1\"\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			e, folders := environment(t)
			put(t, folders["services"], "state", servicesState(t, test.images...))
			if test.file != "" {
				put(t, folders["services"], "terraform.tfvars", test.file)
			}
			tag, err := e.imageTag(t.Context(), e.Stack("services"), test.asked)
			var undecided *UndecidedError
			switch {
			case test.wanted == "":
				if err != nil || tag != test.tag {
					t.Errorf("%q, %v", tag, err)
				}
			case !errors.As(err, &undecided) || !strings.HasPrefix(undecided.Question+" "+strings.Join(undecided.Hints, " "), test.wanted):
				t.Errorf("%q, %#v", tag, err)
			}
		})
	}
	t.Run("in the environment", func(t *testing.T) {
		e, _ := environment(t)
		t.Setenv("TF_VAR_image_tag", "v3")
		if tag, err := e.imageTag(t.Context(), e.Stack("services"), ""); tag != "" || err != nil {
			t.Errorf("%q, %v", tag, err)
		}
	})
}

// TestDestroyTakesTheLastStackFirst and needs no image.
func TestDestroyTakesTheLastStackFirst(t *testing.T) {
	e, folders := environment(t)
	for _, folder := range folders {
		put(t, folder, "shown", `{"format_version":"1.2"}`)
	}
	planned, err := e.Plan(t.Context(), Planning{Destroy: true})
	if err != nil || len(planned) != 2 || planned[0].Stack.Name != "services" || planned[1].Stack.Name != "platform" {
		t.Fatalf("%+v, %v", planned, err)
	}
	commands, err := os.ReadFile(filepath.Join(folders["services"], "commands"))
	if err != nil || !strings.Contains(string(commands), " -destroy -var=image_tag=none\n") {
		t.Errorf("%s, %v", commands, err)
	}
}
