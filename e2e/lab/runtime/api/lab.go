package api

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/groundplan/groundplan/e2e/lab/exercise"
	"github.com/groundplan/groundplan/e2e/lab/needs"
	"github.com/groundplan/groundplan/e2e/lab/runtime/attempt"
	"github.com/groundplan/groundplan/e2e/lab/runtime/resource"
)

// labPath takes an address of the laboratory apart, /lab/<service>/<action>. To a container it may be the end of any
// path.
func (p *Process) labPath(path string) (service, action string, is bool) {
	before, rest, found := strings.Cut(path, "/lab/")
	service, action, complete := strings.Cut(rest, "/")
	if !found || !complete || before != "" && p.App.Language != needs.Container {
		return "", "", false
	}
	return service, action, action == "do" || action == "received" || action == "well"
}

// serveLab obeys orders for a service of this process; a gateway sends the others on, as it does with requests.
func (p *Process) serveLab(writer http.ResponseWriter, request *http.Request, name, action string) {
	var order exercise.Order
	service := p.App.Service(name)
	if service == nil {
		// A gateway that runs no service tries for itself.
		if name == exercise.Gateway && p.Config.Gateway && json.NewDecoder(request.Body).Decode(&order) == nil && order.Attempt != nil {
			writeAnswer(writer, http.StatusOK, p.attempt(request, name, order.Attempt))
			return
		}
		notFound(writer)
		return
	}
	if !p.Config.Services[name] {
		if _, known := p.Config.Discovery[name]; known && p.Config.Gateway {
			p.forward(writer, request, name, "gateway:api-gateway", name+".Lab")
			return
		}
		notFound(writer)
		return
	}
	if action == "well" {
		status := http.StatusOK
		if p.Sick {
			status = http.StatusInternalServerError
		}
		writeAnswer(writer, status, map[string]any{"service": name})
		return
	}
	if action == "received" {
		writeAnswer(writer, http.StatusOK, p.Set.Received(name))
		return
	}
	if err := json.NewDecoder(request.Body).Decode(&order); err != nil || (order.Need == nil) == (order.Attempt == nil) {
		fail(writer, http.StatusBadRequest, "invalid_argument", "an order is {\"need\": {...}} or {\"attempt\": {...}}")
		return
	}
	if order.Attempt != nil {
		writeAnswer(writer, http.StatusOK, p.attempt(request, name, order.Attempt))
		return
	}
	detail, err := p.Set.Do(request.Context(), service, *order.Need, resource.Scenario{Text: order.Text, Fail: order.Fail, Take: order.Take, Ordered: true, Request: true})
	if err != nil {
		p.Log.Printf("%s: %s: %v", name, order.Need, err)
		writeAnswer(writer, http.StatusInternalServerError, exercise.Answer{Result: exercise.Failed, How: attempt.How(err), Detail: err.Error()})
		return
	}
	writeAnswer(writer, http.StatusOK, exercise.Answer{Result: exercise.Done, Detail: detail})
}

// attempt tries what the service does not need, with what the process has.
func (p *Process) attempt(request *http.Request, service string, order *exercise.Attempt) exercise.Answer {
	signer := p.signer(p.Config.Keys)
	return attempt.Try(request.Context(), attempt.Options{
		Order: *order, Config: p.Config,
		Sign: func(header http.Header) { signer.Sign(header, p.Now()) }, Caller: "api:" + service + ".Lab",
	})
}
