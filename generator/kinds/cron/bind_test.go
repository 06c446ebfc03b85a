package cron

import (
	"testing"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/deploy"
)

// TestJ1_TheMethodOfAJob: POST where the endpoint takes it, otherwise one that it takes.
func TestJ1_TheMethodOfAJob(t *testing.T) {
	for _, test := range []struct {
		methods []string
		want    string
	}{
		{[]string{"GET", "POST"}, "POST"}, {[]string{"*"}, "POST"}, {nil, "POST"}, {[]string{"GET"}, "GET"}, {[]string{"DELETE", "PUT"}, "DELETE"},
	} {
		if got := method(test.methods); got != test.want {
			t.Errorf("%v: a job calls it by %s, want %s", test.methods, got, test.want)
		}
	}
}

// TestI4_SignatureOfContainers: nobody in a container verifies one, and there is no key to sign with.
func TestI4_SignatureOfContainers(t *testing.T) {
	d := &deploy.Deployment{App: &app.App{Runtime: app.Containers}}
	if signed := signature(d); signed.Runtime != app.Containers || !signed.Key.Known() {
		t.Errorf("it is signed by %s with %v", signed.Runtime, signed.Key)
	}
	if d.App.Runtime = app.EncoreGo; signature(d).Key.Known() {
		t.Error("an Encore application's jobs do not sign")
	}
}
