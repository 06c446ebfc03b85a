package apply

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/groundplan/groundplan/aws"
	"github.com/groundplan/groundplan/blueprint"
	"github.com/groundplan/groundplan/terraform"
	"github.com/groundplan/groundplan/terraform/engine"
)

// cloud answers calls of AWS by the name of the operation: what a test says, or a status of 400 with an error's code.
type cloud struct {
	answers map[string]any
	// bodies are what was asked, by operation; calls are the operations in their order.
	bodies map[string][]string
	calls  []string
}

func (c *cloud) ServeHTTP(out http.ResponseWriter, r *http.Request) {
	text, err := io.ReadAll(r.Body)
	if err != nil {
		panic(err)
	}
	_, operation, isJSON := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	if !isJSON {
		values, err := url.ParseQuery(string(text))
		if err != nil {
			panic(err)
		}
		operation = values.Get("Action")
	}
	c.calls = append(c.calls, operation)
	c.bodies[operation] = append(c.bodies[operation], string(text))
	answer := c.answers[operation]
	if several, ok := answer.([]any); ok {
		answer = several[0]
		c.answers[operation] = several[min(1, len(several)-1):]
	}
	switch answer := answer.(type) {
	case error:
		out.WriteHeader(http.StatusBadRequest)
		if isJSON {
			fmt.Fprintf(out, `{"__type":%q,"message":"no"}`, answer.Error())
		} else {
			fmt.Fprintf(out, `<ErrorResponse><Error><Code>%s</Code><Message>no</Message></Error></ErrorResponse>`, answer)
		}
	case string:
		fmt.Fprint(out, answer)
	default:
		text, err := json.Marshal(answer)
		if err != nil {
			panic(err)
		}
		if _, err := out.Write(text); err != nil {
			panic(err)
		}
	}
}

// over has a run call a stand-in for AWS.
func (s *stage) over(t *testing.T, answers map[string]any) *cloud {
	t.Helper()
	c := &cloud{answers: answers, bodies: map[string][]string{}}
	server := httptest.NewServer(c)
	t.Cleanup(server.Close)
	for name, value := range map[string]string{
		"AWS_ENDPOINT_URL": server.URL, "AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_MAX_ATTEMPTS": "1",
		"AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null", "AWS_EC2_METADATA_DISABLED": "true", "AWS_PROFILE": "",
	} {
		t.Setenv(name, value)
	}
	client, err := aws.Open(t.Context(), "eu-west-1")
	if err != nil {
		t.Fatal(err)
	}
	s.AWS = client
	return c
}

type object = map[string]any

const registry = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop-staging"

func (s *stage) deploying(tag string) {
	p := s.comes("services", "b")
	p.Plan.Variables = map[string]*tfjson.PlanVariable{blueprint.ImageTag: {Value: tag}}
	s.next = &p
}

func TestImagesPresent(t *testing.T) {
	repository := object{"repositories": []object{{"repositoryUri": registry}}}
	there := func(tags ...string) object {
		var images []object
		for _, tag := range tags {
			images = append(images, object{"imageId": object{"imageTag": tag}})
		}
		return object{"images": images}
	}
	container := &blueprint.Blueprint{Runtime: blueprint.Container}
	two := []blueprint.Image{{TagPrefix: "web-", Architecture: "amd64", Folder: "web"}, {TagPrefix: "jobs-", Architecture: "arm64"}, {Reference: "busybox"}}
	for name, test := range map[string]struct {
		blueprint *blueprint.Blueprint
		images    []blueprint.Image
		answers   map[string]any
		wants     []string
	}{
		"all": {container, two, map[string]any{"DescribeRepositories": repository, "BatchGetImage": there("web-v1", "jobs-v1")}, nil},
		"one of two": {container, two, map[string]any{"DescribeRepositories": repository, "BatchGetImage": there("jobs-v1")}, []string{
			"the registry " + registry + " lacks web-v1", "--platform linux/amd64 --tag \"" + registry + ":web-v1\" \"/src/web\" && docker push",
			"docker login --username AWS --password-stdin 123456789012.dkr.ecr.eu-west-1.amazonaws.com",
		}},
		"Encore's": {&blueprint.Blueprint{Runtime: blueprint.EncoreGo}, []blueprint.Image{{Architecture: "arm64", BuildConfig: "build/infra.json"}},
			map[string]any{"DescribeRepositories": repository, "BatchGetImage": there()}, []string{`encore build docker --config build/infra.json --arch arm64 --push "` + registry + `:v1"`}},
		"no registry yet": {container, two, map[string]any{"DescribeRepositories": errors.New("RepositoryNotFoundException")}, []string{"web-v1", "jobs-v1"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			s.Images = test.images
			s.over(t, test.answers)
			s.deploying("v1")
			phase := s.ImagesPresent(test.blueprint, "/src")
			needed, err := phase.Needed(t.Context())
			if err != nil || (len(needed) > 0) != (test.wants != nil) {
				t.Fatalf("%q, %v", needed, err)
			}
			if test.wants == nil {
				return
			}
			var wanting *WantingError
			if err := phase.Run(t.Context()); !errors.As(err, &wanting) {
				t.Fatal(err)
			}
			said := wanting.Message + "\n" + strings.Join(wanting.Hints, "\n")
			for _, want := range test.wants {
				if !strings.Contains(said, want) {
					t.Errorf("%q is not in\n%s", want, said)
				}
			}
		})
	}
}

// Where nobody said what to deploy, that is asked with the commands that make it.
func TestImagesUntold(t *testing.T) {
	s := newStage(t)
	s.Images = []blueprint.Image{{Architecture: "amd64"}}
	s.over(t, map[string]any{"DescribeRepositories": object{"repositories": []object{{"repositoryUri": registry}}}})
	p := s.unplanned()
	p.Untold = &terraform.UndecidedError{Question: "which image?"}
	s.next = &p
	phase := s.ImagesPresent(&blueprint.Blueprint{Runtime: blueprint.EncoreGo}, "/src")
	if needed, err := phase.Needed(t.Context()); err != nil || len(needed) != 1 {
		t.Fatal(needed, err)
	}
	var wanting *WantingError
	if err := phase.Run(t.Context()); !errors.As(err, &wanting) || !slices.Contains(wanting.Hints, `  encore build docker --skip-config --arch amd64 --push "`+registry+`:$TAG"`) {
		t.Errorf("%v %q", err, wanting.Hints)
	}
}

// outputsScript stands in for terraform: it knows outputs alone.
const outputsScript = `#!/bin/sh
[ "$1" = version ] && { echo 'Terraform v1.11.4'; exit; }
echo '{"cache_main":{"value":{"user_names":{"orders":"shop-main-orders"},"user_secret_arns":{"orders":"arn:orders"}}}}'`

const password = "never-shown-9d1f"

func usersAnswer(mode string, passwords int) string {
	return fmt.Sprintf(`<DescribeUsersResponse><DescribeUsersResult><Users><member><UserId>shop-main-orders</UserId><Status>active</Status><Authentication><Type>%s</Type>
<PasswordCount>%d</PasswordCount></Authentication></member></Users></DescribeUsersResult></DescribeUsersResponse>`, mode, passwords)
}

func TestUsersActivated(t *testing.T) {
	for name, test := range map[string]struct {
		users  any
		labels object
		modify any
		calls  string // that change something
		fails  string
	}{
		"new":               {users: usersAnswer("iam", 0), labels: object{"v1": []string{"AWSCURRENT"}}, calls: "ModifyUser UpdateSecretVersionStage"},
		"done":              {users: usersAnswer("password", 1), labels: object{"v1": []string{"AWSCURRENT", "groundplan-activated"}}},
		"by hand":           {users: usersAnswer("password", 1), labels: object{"v1": []string{"AWSCURRENT"}}, calls: "ModifyUser UpdateSecretVersionStage"},
		"rotated":           {users: usersAnswer("password", 1), labels: object{"v1": []string{"AWSCURRENT"}, "v0": []string{"groundplan-activated"}}, calls: "ModifyUser UpdateSecretVersionStage"},
		"made anew":         {users: usersAnswer("iam", 0), labels: object{"v1": []string{"AWSCURRENT", "groundplan-activated"}}, calls: "ModifyUser"},
		"between passwords": {users: usersAnswer("password", 2), labels: object{"v1": []string{"AWSCURRENT"}}},
		"refused":           {users: usersAnswer("iam", 0), labels: object{"v1": []string{"AWSCURRENT"}}, modify: errors.New("InvalidParameterValue"), calls: "ModifyUser", fails: "AWS refuses it: InvalidParameterValue"},
		"gone":              {users: errors.New("UserNotFound"), fails: "there is no user shop-main-orders"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			path := filepath.Join(t.TempDir(), "terraform")
			if err := os.WriteFile(path, []byte(outputsScript), 0o755); err != nil {
				t.Fatal(err)
			}
			found, err := engine.Find(t.Context(), path, nil, s.talk)
			if err != nil {
				t.Fatal(err)
			}
			s.Engine, s.Caches = found, []blueprint.Cache{{Name: "main", Output: "cache_main", Users: []string{"orders"}}, {Name: "later", Output: "cache_later", Users: []string{"orders"}}}
			if test.modify == nil {
				test.modify = "<ModifyUserResponse><ModifyUserResult><Status>modifying</Status></ModifyUserResult></ModifyUserResponse>"
			}
			c := s.over(t, map[string]any{
				"DescribeUsers": test.users, "ModifyUser": test.modify, "DescribeSecret": object{"VersionIdsToStages": test.labels},
				"GetSecretValue": object{"SecretString": password, "VersionId": "v1"}, "UpdateSecretVersionStage": object{},
			})
			s.Phases, s.Yes = []Phase{s.UsersActivated()}, true
			err = s.Do(t.Context())
			if test.fails == "" && err != nil || test.fails != "" && (err == nil || !strings.Contains(err.Error(), test.fails)) {
				t.Errorf("%v", err)
			}
			var changes []string
			for _, call := range c.calls {
				if call == "ModifyUser" || call == "UpdateSecretVersionStage" {
					changes = append(changes, call)
				}
			}
			if strings.Join(changes, " ") != test.calls {
				t.Errorf("it called %v", c.calls)
			}
			if test.calls == "" && len(c.bodies["GetSecretValue"]) > 0 {
				t.Error("it reads a password for nothing")
			}
			if strings.Contains(s.talk.String()+fmt.Sprint(err), password) {
				t.Errorf("it shows a password: %v\n%s", err, s.talk)
			}
		})
	}
}

// A deployment that was rolled back is told by the check of the module, one that never came up by the resource.
func TestRollouts(t *testing.T) {
	for name, test := range map[string]struct {
		diagnostic tfjson.Diagnostic
		service    object
		want       Rollout
	}{
		"rolled back": {
			tfjson.Diagnostic{Detail: "The deployment of\nshop-staging-orders failed and was rolled back"},
			object{"deployments": []object{
				{"status": "PRIMARY", "taskDefinition": "old:1", "rolloutState": "COMPLETED", "runningCount": 2},
				{"status": "ACTIVE", "taskDefinition": "new:2", "rolloutState": "FAILED", "rolloutStateReason": "tasks failed to start", "runningCount": 1},
			}},
			Rollout{Serving: registry + ":v1", Running: 2, Reason: "tasks failed to start"},
		},
		"the first one": {
			tfjson.Diagnostic{Address: "module.service_orders.aws_ecs_service.this"},
			object{"deployments": []object{{"status": "PRIMARY", "taskDefinition": "new:2", "rolloutState": "IN_PROGRESS", "failedTasks": 4, "rolloutStateReason": "in progress"}}},
			Rollout{Reason: "in progress"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			test.service["serviceName"], test.service["status"] = "shop-staging-orders", "ACTIVE"
			s.over(t, map[string]any{
				"DescribeServices":       object{"services": []object{test.service}},
				"DescribeTaskDefinition": object{"taskDefinition": object{"containerDefinitions": []object{{"name": "app", "image": registry + ":v1"}}}},
				"ListTasks":              object{"taskArns": []string{"arn:aws:ecs:eu-west-1:123456789012:task/shop/t1", "arn:aws:ecs:eu-west-1:123456789012:task/shop/t2"}},
				"DescribeTasks": object{"tasks": []object{
					{"taskArn": "arn:aws:ecs:eu-west-1:123456789012:task/shop/t1", "taskDefinitionArn": "old:1", "stoppedAt": 1700000009, "stoppedReason": "scaled in"},
					{"taskArn": "arn:aws:ecs:eu-west-1:123456789012:task/shop/t2", "taskDefinitionArn": "new:2", "stoppedAt": 1700000005, "stoppedReason": "Essential container in task exited",
						"containers": []object{{"name": "app", "exitCode": 1, "reason": "panic"}, {"name": "probe", "exitCode": 143}}},
				}},
				"GetLogEvents": object{"events": []object{{"message": "starting"}, {"message": "no database"}}},
			})
			found := s.rollouts(t.Context(), []tfjson.Diagnostic{test.diagnostic}, NewTally(s.comes("services").Changes))
			if len(found) != 1 {
				t.Fatalf("%+v", found)
			}
			got := found[0]
			if got.Unknown != nil || got.Workload.Name != "orders" || got.Serving != test.want.Serving || got.Running != test.want.Running || got.Reason != test.want.Reason ||
				fmt.Sprint(got.Stopped) != "[Essential container in task exited app: exit code 1, panic]" || got.Stream != "app/app/t2" || fmt.Sprint(got.Lines) != "[starting no database]" {
				t.Errorf("%+v", got)
			}
		})
	}
}

// That nothing more can be found out is said, and hides nothing.
func TestRolloutUnknown(t *testing.T) {
	s := newStage(t)
	s.over(t, map[string]any{"DescribeServices": errors.New("AccessDeniedException")})
	found := s.rollouts(t.Context(), []tfjson.Diagnostic{{Address: "module.service_orders.aws_ecs_service.this"}, {Address: "module.service_billing.aws_iam_role.task"}}, NewTally(s.comes("services").Changes))
	if len(found) != 1 || !aws.Refused(found[0].Unknown) {
		t.Errorf("%+v", found)
	}
}
