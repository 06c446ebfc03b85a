package api

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/groundplan/groundplan/e2e/lab/encoreauth"
	"github.com/groundplan/groundplan/e2e/lab/runtime/resource"
)

// requestRefusal is why a request is not let through.
type requestRefusal struct {
	status  int
	code    string
	message string
}

// token is the user's id in the token of the laboratory, "Bearer lab-<id>".
func token(request *http.Request) (string, bool) {
	user, is := strings.CutPrefix(request.Header.Get("Authorization"), "Bearer lab-")
	return user, is && user != ""
}

// authenticateHere runs the auth handler in this process: what it needs, the process must have.
func (p *Process) authenticateHere(request *http.Request) (string, *requestRefusal) {
	user, valid := token(request)
	if !valid {
		return "", &requestRefusal{http.StatusUnauthorized, "unauthenticated", "invalid auth token"}
	}
	service := p.App.Service(p.App.Auth.Service)
	if _, err := p.Set.All(request.Context(), service, service.Select(p.App.Auth.Does), resource.Scenario{Request: true}); err != nil {
		p.Log.Printf("auth handler: %v", err)
		return "", &requestRefusal{http.StatusInternalServerError, "internal", "auth handler: " + err.Error()}
	}
	return user, nil
}

// authenticateGo runs the auth handler where its service is. A handler elsewhere that returns the user's id alone is asked
// in vain: the runtime decodes the data that is not there.
func (p *Process) authenticateGo(request *http.Request) (string, *requestRefusal) {
	if p.Config.Services[p.App.Auth.Service] {
		return p.authenticateHere(request)
	}
	if request.Header.Get("Authorization") == "" {
		return "", &requestRefusal{http.StatusUnauthorized, "unauthenticated", "missing auth token"}
	}
	peer, known := p.Config.Discovery[p.App.Auth.Service]
	if !known {
		return "", &requestRefusal{http.StatusInternalServerError, "internal", fmt.Sprintf("service %q not found", p.App.Auth.Service)}
	}
	call, err := http.NewRequestWithContext(request.Context(), http.MethodPost, strings.TrimSuffix(peer.URL, "/")+authHandlerPath, strings.NewReader("{}"))
	if err != nil {
		return "", &requestRefusal{http.StatusInternalServerError, "internal", err.Error()}
	}
	call.Header.Set("Authorization", request.Header.Get("Authorization"))
	call.Header.Set(encoreauth.Caller, "gateway:api-gateway")
	call.Header.Set(encoreauth.Callee, p.App.Auth.Service+"."+p.App.Auth.Handler)
	p.signer(p.Config.Keys).Sign(call.Header, p.Now())
	result, err := p.client.Do(call)
	if err != nil {
		return "", &requestRefusal{http.StatusInternalServerError, "internal", "unable to call the auth handler: " + err.Error()}
	}
	defer result.Body.Close()
	said, err := io.ReadAll(io.LimitReader(result.Body, 1<<16))
	if err != nil {
		return "", &requestRefusal{http.StatusInternalServerError, "internal", err.Error()}
	}
	if result.StatusCode == http.StatusUnauthorized {
		return "", &requestRefusal{http.StatusUnauthorized, "unauthenticated", "invalid auth token"}
	}
	var identity struct{ User string }
	if result.StatusCode != http.StatusOK {
		return "", &requestRefusal{http.StatusInternalServerError, "internal", fmt.Sprintf("the auth handler answered %d: %s", result.StatusCode, said)}
	}
	if err := json.Unmarshal(said, &identity); err != nil || !p.App.Auth.Data {
		return "", &requestRefusal{http.StatusInternalServerError, "internal", "unable to decode auth data"}
	}
	return identity.User, nil
}

// serveAuthHandler runs the auth handler for the gateway of another process.
func (p *Process) serveAuthHandler(writer http.ResponseWriter, request *http.Request) {
	if p.App.Auth == nil || !p.Config.Services[p.App.Auth.Service] || request.Method != http.MethodPost {
		notFound(writer)
		return
	}
	if err := p.signer(p.Config.Keys).Verify(request.Header, p.Now()); err != nil {
		fail(writer, http.StatusInternalServerError, "unauthenticated", "verifying service auth: "+err.Error())
		return
	}
	user, refused := p.authenticateHere(request)
	if refused != nil {
		fail(writer, refused.status, refused.code, refused.message)
		return
	}
	writeAnswer(writer, http.StatusOK, map[string]any{"user": user})
}
