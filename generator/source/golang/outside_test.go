package golang

import (
	"strings"
	"testing"

	"github.com/groundplan/groundplan/generator/source/sourcetest"
)

// outsideCase is a folder with an application in app/, what links are made in it, and what is said.
type outsideCase struct {
	name  string
	links map[string]string // name, as it stands in the folder, to where it leads
	files string
	want  []string
}

const (
	outsideGoApp = `
-- app/encore.app --
{"id": "shop"}
-- app/orders/orders.go --
package orders

import (
	"context"

	"IMPORT"
)

//encore:api public
func Place(ctx context.Context) error { return shared.Keep(ctx) }
`
	outsideGoShared = `
package shared

import (
	"context"

	"encore.dev/storage/sqldb"
)

var DB = sqldb.NewDatabase("ledger", sqldb.DatabaseConfig{Migrations: "./migrations"})

var secrets struct{ ApiKey string }

func Keep(ctx context.Context) error { return nil }
`
	harmlessGo = `
package shared

import (
	"context"

	"encore.dev/beta/errs"
	"encore.dev/rlog"
	"encore.dev/storage/sqldb"
)

func Keep(ctx context.Context) error { rlog.Info("kept"); return errs.Wrap(nil, "") }

func Into(db *sqldb.Database) {}
`
)

func TestI6_GoCodeOutsideTheApplication(t *testing.T) {
	const lost = `so this is missing from what is generated: database "ledger" (PLACE/shared.go:9), secret "ApiKey" (PLACE/shared.go:11).` +
		"\nhint: move what declares resources, reads secrets or calls endpoints into the application's folder; code that is given them as parameters may stay"
	say := func(name, place, because string) []string {
		return []string{`orders/orders.go:6,2-` + map[string]string{"shop/shared": "15", "corp/shared": "15"}[name] +
			`: Code outside the application; "` + name + `" stands in ` + place + `, ` + because + `. Neither Encore nor groundplan reads it, ` + strings.ReplaceAll(lost, "PLACE", place)}
	}
	app := func(imported string) string { return strings.ReplaceAll(outsideGoApp, "IMPORT", imported) }
	const plain, replaced = "\n-- app/go.mod --\nmodule shop\n", "\n-- app/go.mod --\nmodule shop\n\nrequire corp/shared v0.0.0\n\nreplace corp/shared => ../shared\n"
	const foreign = "\n-- shared/go.mod --\nmodule corp/shared\n"
	for _, c := range []outsideCase{
		{"a link out of the application", map[string]string{"app/shared": "../shared"}, app("shop/shared") + plain + "-- shared/shared.go --" + outsideGoShared,
			say("shop/shared", "../shared", "where a symbolic link leads")},
		{"a link to a folder of the application", map[string]string{"app/shared": "lib/shared"}, app("shop/shared") + plain + "-- app/lib/shared/shared.go --" + outsideGoShared,
			[]string{strings.Replace(say("shop/shared", "lib/shared", "where a symbolic link leads")[0],
				"move what declares resources, reads secrets or calls endpoints into the application's folder; code that is given them as parameters may stay", "import shop/lib/shared, under which it is read", 1)}},
		{"a module that go.mod replaces", nil, app("corp/shared") + replaced + foreign + "-- shared/shared.go --" + outsideGoShared,
			say("corp/shared", "../shared", "by which go.mod replaces the module")},
		{"a module of go.work", nil, app("corp/shared") + plain + foreign + "-- go.work --\ngo 1.24\n\nuse (\n\t./app\n\t./shared\n)\n-- shared/shared.go --" + outsideGoShared,
			say("corp/shared", "../shared", "a module of go.work")},
		{"a vendored module", nil, app("corp/shared") + "\n-- app/go.mod --\nmodule shop\n\nrequire corp/shared v1.0.0\n-- app/vendor/corp/shared/shared.go --" + outsideGoShared,
			say("corp/shared", "vendor/corp/shared", "which holds other modules")},
		{"behind another package", nil, app("corp/shared") + replaced + foreign + "-- shared/shared.go --\npackage shared\n\nimport _ \"corp/shared/deep\"\n-- shared/deep/shared.go --" + outsideGoShared,
			[]string{strings.ReplaceAll(strings.Replace(say("corp/shared", "../shared", "by which go.mod replaces the module")[0], "../shared/shared.go:9", "../shared/deep/shared.go:9", 1), "../shared/shared.go:11", "../shared/deep/shared.go:11")}},
		{"a link to code that uses services", map[string]string{"app/shared": "../shared"}, app("shop/shared") + plain + "-- app/users/users.go --\npackage users\n\nimport \"context\"\n\n//encore:api private\nfunc Get(ctx context.Context) error { return nil }\n" +
			"-- shared/shared.go --\npackage shared\n\nimport (\n\t\"context\"\n\n\t\"shop/users\"\n)\n\nfunc Keep(ctx context.Context) error { return users.Get(ctx) }\n",
			[]string{`orders/orders.go:6,2-15: Code outside the application; "shop/shared" stands in ../shared, where a symbolic link leads. Neither Encore nor groundplan reads it, so this is missing from what is generated: what it does with shop/users (../shared/shared.go:6).` +
				"\nhint: move what declares resources, reads secrets or calls endpoints into the application's folder; code that is given them as parameters may stay"}},

		{"harmless code behind a link", map[string]string{"app/shared": "../shared"}, app("shop/shared") + plain + "-- shared/shared.go --" + harmlessGo, nil},
		{"harmless code of another module", nil, app("corp/shared") + replaced + foreign + "-- shared/shared.go --" + harmlessGo, nil},
		{"a module that is downloaded", nil, app("corp/shared") + "\n-- app/go.mod --\nmodule shop\n\nrequire corp/shared v1.0.0\n", nil},
		{"a link that leads nowhere", map[string]string{"app/shared": "../gone"}, app("shop/shared") + plain, nil},
		{"a link to itself", map[string]string{"app/shared": "shared"}, app("shop/shared") + plain, nil},
		{"a link that nobody imports", map[string]string{"app/other": "../shared"}, app("corp/shared") + plain + "-- shared/shared.go --" + outsideGoShared, nil},
	} {
		sourcetest.Outside(t, c.name, c.links, c.files, c.want, func(root string) ([]string, error) {
			_, diags, err := Read(root, testSpellings)
			return sourcetest.Messages(diags), err
		})
	}
}
