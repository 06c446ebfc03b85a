//go:build linux

package servers

import (
	"cmp"
	"fmt"
	"regexp"
	"strings"
)

// The guide names a server by what it is called in groundplan.hcl, and by the output that is called as its module.
var (
	serverHeading = regexp.MustCompile("^On server `([^`]+)`, connect to the database `postgres` as the master user")
	outputName    = regexp.MustCompile(`output -json ([a-z0-9_]+) \| jq -r \.address`)
	roleLine      = regexp.MustCompile(`^(CREATE ROLE .* PASSWORD )'\.\.\.'; -- (\S+)$`)
)

// readGuide is the SQL for each database server of an environment, by the address of its module.
func readGuide(text, environment string) (map[string]string, error) {
	found := map[string]string{}
	if text == "" {
		return found, nil
	}
	inside, server, module, fence := false, "", "", ""
	known := false
	var sql strings.Builder
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		switch {
		case fence != "" && line == "```":
			if fence == "sql" && inside {
				if server == "" || module == "" {
					return nil, fmt.Errorf("the guide has SQL for no server:\n%s", sql.String())
				}
				found[module] = sql.String()
				server, module = "", ""
			}
			fence = ""
		case fence == "sql":
			sql.WriteString(line + "\n")
		case fence != "":
			if match := outputName.FindStringSubmatch(line); match != nil && server != "" {
				module = "module." + match[1]
			}
		case strings.HasPrefix(line, "```"):
			fence = cmp.Or(strings.TrimPrefix(line, "```"), "text")
			sql.Reset()
		case strings.HasPrefix(line, "## "):
			inside = strings.TrimPrefix(line, "## ") == environment
			known = known || inside
			server, module = "", ""
		default:
			if match := serverHeading.FindStringSubmatch(line); match != nil {
				server, module = match[1], ""
			}
		}
	}
	if !known {
		return nil, fmt.Errorf("the guide has no section %q", environment)
	}
	return found, nil
}

// withPasswords puts the values of secrets into the places that the guide leaves open.
func withPasswords(sql string, secret func(name string) (string, error)) (string, error) {
	var result strings.Builder
	for line := range strings.Lines(sql) {
		if match := roleLine.FindStringSubmatch(strings.TrimSuffix(line, "\n")); match != nil {
			password, err := secret(match[2])
			if err != nil {
				return "", err
			}
			line = match[1] + quote(password) + ";\n"
		} else if strings.Contains(line, "'...'") {
			return "", fmt.Errorf("the guide leaves something open that is no password: %s", line)
		}
		result.WriteString(line)
	}
	return result.String(), nil
}

// quote makes an SQL string of a text.
func quote(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }
