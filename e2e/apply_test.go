//go:build validate

package e2e_test

import (
	"encoding/json"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
)

// TestG4_Apply applies the smallest golden application to an empty account, its platform and then, against the outputs
// that really came out, its services. It proves that the stacks fit together in this order, that a second plan finds
// nothing to do, and that no value in Secrets Manager stands in a state or a saved plan.
func TestG4_Apply(t *testing.T) {
	cloud := startEmulator(t, account)
	environment := filepath.Join(assembleInfra(t, "hello"), "production")
	for _, name := range []string{"platform", "services"} {
		folder := filepath.Join(environment, name)
		tf := newTerraform(t, folder, cloud.environment())
		variables, err := variableValues(folder)
		if err != nil {
			t.Fatal(err)
		}
		tf.run(t, "init", "-input=false", "-no-color")
		tf.plan(t, variables...)
		// moto answers at once; the provider's own waiting is what takes time, and it waits in parallel.
		if _, err := tf.try("apply", "-input=false", "-no-color", "-parallelism=40", "saved.tfplan"); err != nil {
			t.Fatalf("%s: %v\nthe emulator said:\n%s", name, err, cloud.messages)
		}
		again, _ := tf.plan(t, variables...)
		for _, change := range again.ResourceChanges {
			if !change.Change.Actions.NoOp() && !change.Change.Actions.Read() {
				t.Errorf("%s: a second plan wants %v for %s: %v", name, change.Change.Actions, change.Address, changed(change.Change.Before, change.Change.After))
			}
		}
	}

	secrets := storedSecrets(t, cloud)
	if len(secrets) == 0 {
		t.Error("nothing was written to Secrets Manager, so nothing could leak")
	}
	for name, value := range secrets {
		for _, stack := range []string{"platform", "services"} {
			for _, file := range leaks(t, filepath.Join(environment, stack), value) {
				t.Errorf("%s/%s holds the value of %s", stack, file, name)
			}
		}
	}
}

// changed lists the top-level attributes that differ between two values of a resource.
func changed(before, after any) []string {
	old, _ := before.(map[string]any)
	planned, _ := after.(map[string]any)
	var names []string
	for name := range planned {
		was, _ := json.Marshal(old[name])
		is, _ := json.Marshal(planned[name])
		if string(was) != string(is) {
			names = append(names, name+" "+string(was)+" -> "+string(is))
		}
	}
	return names
}

// storedSecrets is every value in Secrets Manager, by the name of its secret.
func storedSecrets(t *testing.T, cloud *emulator) map[string]string {
	t.Helper()
	answer, err := cloud.call(http.MethodPost, "/", secretsManager("ListSecrets"), "{}")
	if err != nil {
		t.Fatal(err)
	}
	var list struct{ SecretList []struct{ Name string } }
	if err := json.Unmarshal([]byte(answer), &list); err != nil {
		t.Fatal(err)
	}
	values := map[string]string{}
	for _, secret := range list.SecretList {
		answer, err := cloud.call(http.MethodPost, "/", secretsManager("GetSecretValue"), `{"SecretId":"`+secret.Name+`"}`)
		if err != nil {
			if strings.Contains(err.Error(), "ResourceNotFoundException") {
				continue // a secret whose value comes from outside has none yet
			}
			t.Fatal(err)
		}
		var value struct{ SecretString string }
		if err := json.Unmarshal([]byte(answer), &value); err != nil {
			t.Fatal(err)
		}
		values[secret.Name] = value.SecretString
	}
	return values
}

func secretsManager(action string) map[string]string {
	return map[string]string{
		"Authorization": "AWS4-HMAC-SHA256 Credential=testing/20300101/us-east-1/secretsmanager/aws4_request, SignedHeaders=host, Signature=0",
		"Content-Type":  "application/x-amz-json-1.1",
		"X-Amz-Target":  "secretsmanager." + action,
	}
}
