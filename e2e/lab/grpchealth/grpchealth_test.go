package grpchealth

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

// TestAsk asks servers of each kind: one that serves, one that does not, one without the method, and one that speaks no gRPC.
func TestAsk(t *testing.T) {
	routes := http.NewServeMux()
	routes.HandleFunc(Path, func(writer http.ResponseWriter, _ *http.Request) { Answer(writer, true) })
	routes.HandleFunc("/sick", func(writer http.ResponseWriter, _ *http.Request) { Answer(writer, false) })
	routes.HandleFunc("/none", func(writer http.ResponseWriter, _ *http.Request) { Unknown(writer) })
	routes.HandleFunc("/pages", func(writer http.ResponseWriter, _ *http.Request) { writer.WriteHeader(http.StatusOK) })
	server := httptest.NewUnstartedServer(routes)
	server.Config.Protocols = &http.Protocols{}
	server.Config.Protocols.SetUnencryptedHTTP2(true)
	server.Start()
	defer server.Close()
	old := httptest.NewServer(routes) // speaks HTTP/1.1 alone
	defer old.Close()
	client := &http.Client{Transport: Transport()}
	defer client.CloseIdleConnections()
	for _, test := range []struct {
		url, status string
		well, fails bool
	}{
		{server.URL + Path, OK, true, false},
		{server.URL + "/sick", OK, false, false},
		{server.URL + "/none", Unimplemented, false, false},
		{server.URL + "/pages", "", false, true},
		{server.URL + "/nowhere", "", false, true},
		{old.URL + Path, "", false, true},
	} {
		status, well, err := Ask(t.Context(), client, test.url)
		if status != test.status || well != test.well || (err != nil) != test.fails {
			t.Errorf("%s: got %q, %t, %v", test.url, status, well, err)
		}
	}
}
