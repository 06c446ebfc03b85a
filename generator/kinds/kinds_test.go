package kinds

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/source"
)

// TestKindsHaveTheirRooms walks the kinds as whoever adds one would forget to.
func TestKindsHaveTheirRooms(t *testing.T) {
	seen := map[string]bool{}
	for _, kind := range All {
		if seen[kind.Name] {
			t.Errorf("two kinds are called %s", kind.Name)
		}
		seen[kind.Name] = true
		if kind.Noun == "" || kind.Read == nil || len(kind.Go) == 0 {
			t.Errorf("%s has no noun, no reading or no spelling", kind.Name)
		}
		if named, ok := Named(kind.Name); !ok || named.Noun != kind.Noun {
			t.Errorf("Named does not find %s", kind.Name)
		}
		// A part is declared in a manifest by the use of what it is a part of, and becomes nothing of its own.
		if len(kind.TypeScript) == 0 || kind.PartOf == "" && (len(kind.Manifest) == 0 || kind.Platform == nil && kind.Schedules == nil) {
			t.Errorf("%s cannot be written in TypeScript or in a manifest, or becomes nothing", kind.Name)
		}
		if kind.PartOf != "" && kind.PartName == "" {
			t.Errorf("%s is a part that nothing tells from others", kind.Name)
		}
		for _, spelling := range kind.Go {
			operations := []string{}
			for _, table := range []map[string][]string{spelling.Methods, spelling.Permissions} {
				for _, method := range sortedKeys(table) {
					operations = append(operations, table[method]...)
				}
			}
			if kind.Operation != "" {
				operations = append(operations, kind.Operation)
			}
			for _, operation := range operations {
				if kind.Verbs[operation] == "" {
					t.Errorf("%s: there is no verb for the operation %s", kind.Name, operation)
				}
			}
		}
	}
	if _, ok := Named("castle"); ok {
		t.Error("Named finds a kind that is none")
	}
	for _, spelling := range GoSpellings() {
		if spelling.Kind == "" || spelling.Noun == "" {
			t.Errorf("a spelling of %s has no kind or noun", spelling.Package)
		}
		if spelling.ParentKind != "" && !seen[spelling.ParentKind] {
			t.Errorf("the parent of %s is the unknown kind %s", spelling.Kind, spelling.ParentKind)
		}
	}
}

func at(line int) hcl.Range {
	return hcl.Range{Filename: "a/a.go", Start: hcl.Pos{Line: line, Column: 1}, End: hcl.Pos{Line: line, Column: 5}}
}

// object builds a settings literal from names and values, one a line.
func object(pairs ...any) source.Value {
	v := source.Value{Kind: source.Object, At: at(1)}
	for i := 0; i < len(pairs); i += 2 {
		value := source.Value{At: at(i/2 + 2)}
		switch x := pairs[i+1].(type) {
		case string:
			value.Kind, value.Text = source.String, x
		case int:
			value.Kind, value.Int = source.Int, int64(x)
		case time.Duration:
			value.Kind, value.Int = source.Int, int64(x)
		case bool:
			value.Kind, value.Bool = source.Bool, x
		case source.Value:
			value = x
		}
		v.Fields = append(v.Fields, source.Field{Name: pairs[i].(string), Value: value, At: value.At})
	}
	return v
}

func TestP1_SubscriptionDefaults(t *testing.T) {
	for _, test := range []struct {
		name   string
		config source.Value
		want   Subscription
	}{
		{"nothing written", object(), Subscription{MaxConcurrency: 100, AckDeadline: 30 * time.Second, MessageRetention: 168 * time.Hour, RetryPolicy: RetryPolicy{10 * time.Second, 10 * time.Minute, 100}}},
		{"zero retries are not set", object("RetryPolicy", object("MaxRetries", 0, "MinBackoff", time.Minute)), Subscription{MaxConcurrency: 100, AckDeadline: 30 * time.Second, MessageRetention: 168 * time.Hour, RetryPolicy: RetryPolicy{time.Minute, 10 * time.Minute, 100}}},
		{"sentinels stay", object("RetryPolicy", object("MaxRetries", NoRetries)), Subscription{MaxConcurrency: 100, AckDeadline: 30 * time.Second, MessageRetention: 168 * time.Hour, RetryPolicy: RetryPolicy{10 * time.Second, 10 * time.Minute, NoRetries}}},
		{"TypeScript spelling", object("ackDeadline", "90s", "maxConcurrency", 5), Subscription{MaxConcurrency: 5, AckDeadline: 90 * time.Second, MessageRetention: 168 * time.Hour, RetryPolicy: RetryPolicy{10 * time.Second, 10 * time.Minute, 100}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			spec, diags := readSubscription(source.Decl{Name: "s", Config: test.config, At: at(1)}, Input{Application: &source.Application{Runtime: app.EncoreGo}})
			if diags.HasErrors() {
				t.Fatal(diags)
			}
			if got := *spec.(*Subscription); got.MaxConcurrency != test.want.MaxConcurrency || got.AckDeadline != test.want.AckDeadline ||
				got.MessageRetention != test.want.MessageRetention || got.RetryPolicy != test.want.RetryPolicy {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
		})
	}
}

func TestP1_TopicFIFO(t *testing.T) {
	for _, test := range []struct {
		topic Topic
		fifo  bool
	}{
		{Topic{DeliveryGuarantee: AtLeastOnce}, false},
		{Topic{DeliveryGuarantee: ExactlyOnce}, true},
		{Topic{DeliveryGuarantee: AtLeastOnce, OrderingAttribute: "customer"}, true},
	} {
		if got := test.topic.FIFO(); got != test.fifo {
			t.Errorf("%+v: FIFO %v", test.topic, got)
		}
	}
	read := source.Application{Runtime: app.EncoreTypeScript}
	spec, diags := readTopic(source.Decl{Config: object()}, Input{Application: &read})
	if diags.HasErrors() || spec.(*Topic).DeliveryGuarantee != AtLeastOnce {
		t.Errorf("a TypeScript topic is %+v by default, %v", spec, diags)
	}
}

func TestReadDatabase(t *testing.T) {
	files := fstest.MapFS{
		"a/sql/1_first.up.sql":   {Data: []byte("SELECT 1")},
		"a/sql/1_first.down.sql": {Data: []byte("SELECT 1")},
		"a/sql/2.up.sql":         {Data: []byte("SELECT 1")},
		"a/sql/notes.txt":        {Data: []byte("")},
	}
	goApp, tsApp := &source.Application{Runtime: app.EncoreGo}, &source.Application{Runtime: app.EncoreTypeScript}
	for _, test := range []struct {
		name   string
		decl   source.Decl
		app    *source.Application
		want   Database
		errors string
	}{
		{"declared", source.Decl{Package: "a", Config: object("Migrations", "./sql")}, goApp, Database{Migrations: "a/sql", MigrationCount: 2}, ""},
		{"implicit", source.Decl{Package: "a", Implicit: true, Migrations: "a/sql"}, goApp, Database{Migrations: "a/sql", MigrationCount: 2}, ""},
		{"none in TypeScript", source.Decl{Package: "a", Config: object()}, tsApp, Database{}, ""},
		{"none in Go", source.Decl{Package: "a", Config: object()}, goApp, Database{}, "Missing migrations folder"},
		{"drive letter", source.Decl{Package: "a", Config: object("Migrations", `C:\sql`)}, goApp, Database{}, "Absolute migrations folder"},
		{"above", source.Decl{Package: "a", Config: object("Migrations", "../a/sql")}, goApp, Database{}, "Migrations folder outside the package"},
		{"wrong type", source.Decl{Package: "a", Config: object("Migrations", 3)}, goApp, Database{}, "Wrong type"},
	} {
		t.Run(test.name, func(t *testing.T) {
			spec, diags := readDatabase(test.decl, Input{Application: test.app, Files: files})
			if got := *spec.(*Database); got != test.want {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
			if got := summaries(diags); got != test.errors {
				t.Errorf("reports %q, want %q", got, test.errors)
			}
		})
	}
}

func summaries(diags hcl.Diagnostics) string {
	var all []string
	for _, d := range diags {
		all = append(all, d.Summary)
	}
	return strings.Join(all, "; ")
}

// TestI6_CheckSchedule: what each of Encore's parsers makes of an expression. A problem is what it refuses; "never" is a
// schedule without a date.
func TestI6_CheckSchedule(t *testing.T) {
	for expression, want := range map[string]struct{ golang, typeScript string }{
		"* * * * *":              {},
		"0 2 * * *":              {},
		"*/15 8-18 1,15 * 1-5":   {},
		"0 0 * * MON-FRI":        {},
		"1,,2 * * * *":           {},
		"+5 * * * *":             {},
		"0 0 29 2 *":             {},
		"*/15 8-18/2 1,15 * 1-5": {typeScript: `the hour "8-18/2" has a step, which Encore's TypeScript parser takes behind * alone`},
		"5/15 * * * *":           {typeScript: `the minute "5/15" has a step, which Encore's TypeScript parser takes behind * alone`},
		"0 0 1 JAN *":            {typeScript: `the month "JAN" is neither a number between 1 and 12 nor a weekday, the only names Encore's TypeScript parser knows`},
		"0 0 ? * *":              {typeScript: `the day of month "?" is not between 1 and 31`},
		"0 0 31 2 *":             {golang: "never", typeScript: "never"},
		"0 0 30 2 *":             {golang: "never", typeScript: "never"},
		"0 0 31 4,6,9,11 *":      {golang: "never", typeScript: "never"},
		"0 0 31 2 1":             {typeScript: "never"}, // for Go either day will do
		", * * * *":              {golang: "never", typeScript: "never"},
		"*/*/5 * * * *":          {golang: `the step "*/5" of the minute is no positive number`},
		"tue * * * *":            {golang: `the minute "tue" is not between 0 and 59`},
		"*/70 * * * *":           {typeScript: `the step "70" of the minute is not between 1 and 59`},
		"* * 0 * *":              {golang: `the day of month "0" is not between 1 and 31`, typeScript: "never"},
		"* * 0-3 * *":            {golang: `the day of month "0-3" is not between 1 and 31`},
		"* * * * */7":            {typeScript: `the step "7" of the day of week is not between 1 and 6`},
		"0 2 * *":                {"it has 4 fields, not 5", "it has 4 fields, not 5"},
		"":                       {"it has 0 fields, not 5", "it has 0 fields, not 5"},
		"@daily":                 {"it has 1 fields, not 5", "it has 1 fields, not 5"},
		"60 * * * *":             {`the minute "60" is not between 0 and 59`, `the minute "60" is not between 0 and 59`},
		"* * * * 7":              {`the day of week "7" is not between 0 and 6`, `the day of week "7" is not between 0 and 6`},
		"5-1 * * * *":            {`the minute range "5-1" ends before it begins`, `the minute range "5-1" ends before it begins`},
		"*/0 * * * *":            {`the step "0" of the minute is no positive number`, `the step "0" of the minute is not between 1 and 59`},
		"*/x * * * *":            {`the step "x" of the minute is no positive number`, `the step "x" of the minute is not between 1 and 59`},
		"1-x * * * *":            {`the minute "1-x" is not between 0 and 59`, `the minute "1-x" is not between 0 and 59`},
		"1--5 * * * *":           {`the minute "1--5" is not between 0 and 59`, `the minute "1--5" is not between 0 and 59`},
		"CRON_TZ=UTC 0 3 * * *":  {"it names a time zone, and schedules are in UTC", "it names a time zone, and schedules are in UTC"},
	} {
		for _, typeScript := range []bool{false, true} {
			table, got := (&Cron{Schedule: expression, TypeScript: typeScript}).table()
			if got == "" && !table.comes() {
				got = "never"
			}
			if expected := map[bool]string{false: want.golang, true: want.typeScript}[typeScript]; got != expected {
				t.Errorf("%q, TypeScript %v: %q, want %q", expression, typeScript, got, expected)
			}
		}
	}
}

func TestI6_CheckEvery(t *testing.T) {
	in := func(runtime app.Runtime) Input { return Input{Application: &source.Application{Runtime: runtime}} }
	// facts of Encore for Go: whole minutes that divide a day
	var divide []int
	for minutes := 1; minutes <= 24*60; minutes++ {
		if !checkEvery(source.Decl{}, at(1), time.Duration(minutes)*time.Minute, in(app.EncoreGo)).HasErrors() {
			divide = append(divide, minutes)
		}
		if checkEvery(source.Decl{}, at(1), time.Duration(minutes)*time.Minute, in(app.EncoreTypeScript)).HasErrors() {
			t.Errorf("%d minutes are refused in TypeScript", minutes)
		}
	}
	if len(divide) != 36 || !slices.Contains(divide, 45) || slices.Contains(divide, 7) {
		t.Errorf("%d intervals are allowed: %v", len(divide), divide)
	}
	for seconds, summary := range map[int]string{
		90: "Invalid interval", 0: "Invalid interval", -60: "Invalid interval", 25 * 3600: "Too long interval", 7 * 60: "Interval that does not divide a day",
	} {
		if got := summaries(checkEvery(source.Decl{}, at(1), time.Duration(seconds)*time.Second, in(app.EncoreGo))); got != summary {
			t.Errorf("%d seconds: %q, want %q", seconds, got, summary)
		}
	}
	year := checkEvery(source.Decl{}, at(1), 31556926*time.Second, in(app.EncoreTypeScript)) // what "1y" is
	if !strings.Contains(diagnostic.Text(year[0]), "every 31556926 seconds") {
		t.Errorf("a year: %q", diagnostic.Text(year[0]))
	}
	for minutes, nearest := range map[int]string{7: "6 * cron.Minute", 55: "60", 100: "96", 1000: "12 * cron.Hour"} {
		got := goInterval(nearestDivisor(minutes))
		switch nearest {
		case "60":
			nearest = "1 * cron.Hour"
		case "96":
			nearest = "1*cron.Hour + 36*cron.Minute"
		}
		if got != nearest {
			t.Errorf("nearest to %d minutes: %s, want %s", minutes, got, nearest)
		}
	}
}

func TestReadMetric(t *testing.T) {
	spec, diags := readMetric(source.Decl{Name: "e_load", Constructor: "NewGaugeGroup", Config: object()}, Input{})
	if spec.(*Metric).Type != "gauge" || summaries(diags) != "Reserved metric name" {
		t.Errorf("got %+v, %q", spec, summaries(diags))
	}
}

func TestSpell(t *testing.T) {
	for d, want := range map[time.Duration]string{30 * time.Second: "30s", 90 * time.Second: "1m30s", time.Minute: "1m", 2 * time.Hour: "2h", 0: "0s", time.Hour + time.Second: "1h0m1s"} {
		if got := Spell(d); got != want {
			t.Errorf("%d: %s, want %s", d, got, want)
		}
	}
}
