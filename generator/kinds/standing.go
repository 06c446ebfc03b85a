package kinds

import (
	"strings"

	"github.com/groundplan/groundplan/generator/deploy"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/names"
)

// This file answers what has to be known of a deployment once its code is applied.

// OwnerName is the PostgreSQL role that owns a database: no workload logs in as it, so that its name is none of RoleName's.
func OwnerName(database string) string {
	if role := "owner_" + database; len(role) <= 63 && roleName.MatchString(role) {
		return role
	}
	return strings.ReplaceAll(names.Of(names.DatabaseRole, "owner", database), "-", "_")
}

// PoolSize is the number of connections that a task of Encore's opens to each database of a server.
func PoolSize(d *deploy.Deployment, server environment.DatabaseServer) int {
	return poolSize(d, server)
}
