package cron

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/kinds/kind"
	"github.com/groundplan/groundplan/generator/source"
	"github.com/groundplan/groundplan/generator/source/sourcetest"
)

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
			table, got := (&Spec{Schedule: expression, TypeScript: typeScript}).table()
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
	in := func(runtime app.Runtime) kind.Input {
		return kind.Input{Application: &source.Application{Runtime: runtime}}
	}
	// facts of Encore for Go: whole minutes that divide a day
	var divide []int
	for minutes := 1; minutes <= 24*60; minutes++ {
		if !checkEvery(source.Decl{}, sourcetest.Line(1), time.Duration(minutes)*time.Minute, in(app.EncoreGo)).HasErrors() {
			divide = append(divide, minutes)
		}
		if checkEvery(source.Decl{}, sourcetest.Line(1), time.Duration(minutes)*time.Minute, in(app.EncoreTypeScript)).HasErrors() {
			t.Errorf("%d minutes are refused in TypeScript", minutes)
		}
	}
	if len(divide) != 36 || !slices.Contains(divide, 45) || slices.Contains(divide, 7) {
		t.Errorf("%d intervals are allowed: %v", len(divide), divide)
	}
	for seconds, summary := range map[int]string{
		90: "Invalid interval", 0: "Invalid interval", -60: "Invalid interval", 25 * 3600: "Too long interval", 7 * 60: "Interval that does not divide a day",
	} {
		if got := sourcetest.Summaries(checkEvery(source.Decl{}, sourcetest.Line(1), time.Duration(seconds)*time.Second, in(app.EncoreGo))); got != summary {
			t.Errorf("%d seconds: %q, want %q", seconds, got, summary)
		}
	}
	year := checkEvery(source.Decl{}, sourcetest.Line(1), 31556926*time.Second, in(app.EncoreTypeScript)) // what "1y" is
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
