package apply

import (
	"context"
	"fmt"
	"strings"

	"github.com/groundplan/groundplan/blueprint"
)

// DatabasesByHand is the phase of databases where nothing makes them: it says what people have to see to before the services start.
func (r *Run) DatabasesByHand() Phase {
	needed := func(context.Context) ([]string, error) {
		if !r.Deploys() {
			return nil, nil
		}
		return r.databases(), nil
	}
	return Phase{Name: "databases", Needed: needed, Run: func(context.Context) error {
		for _, line := range r.databases() {
			r.say("databases: %s", line)
		}
		r.say("databases: neither terraform nor groundplan makes these or applies migrations: section %s of %s/README.md has the SQL. What lacks its database does not become healthy", r.Name, r.Out)
		return nil
	}}
}

// databases says which server needs which databases, a line for each server.
func (r *Run) databases() []string {
	var lines []string
	for _, server := range r.Servers {
		var names []string
		migrations := 0
		for _, database := range server.Databases {
			names = append(names, database.Name)
			if database.Migrations != nil {
				migrations += database.Migrations.Count
			}
		}
		if len(names) > 0 {
			lines = append(lines, fmt.Sprintf("server %s needs %s%s", server.Name, strings.Join(names, ", "), migrationText(server, migrations)))
		}
	}
	return lines
}

func migrationText(server blueprint.Server, migrations int) string {
	if migrations == 0 {
		return fmt.Sprintf(", with %d roles", len(server.Roles))
	}
	return fmt.Sprintf(", with %d roles and %d migrations", len(server.Roles), migrations)
}
