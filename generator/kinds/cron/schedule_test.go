package cron

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestJ1_EveryIsAlignedToMidnight(t *testing.T) {
	for minutes, want := range map[int]string{
		1:    "cron(* * * * ? *)",
		5:    "cron(0/5 * * * ? *)",
		30:   "cron(0,30 * * * ? *)",
		60:   "cron(0 * * * ? *)",
		120:  "cron(0 0/2 * * ? *)",
		720:  "cron(0 0,12 * * ? *)",
		1440: "cron(0 0 * * ? *)",
		90:   "cron(0 0/3 * * ? *) cron(30 1/3 * * ? *)",
		45:   "cron(0,45 0/3 * * ? *) cron(15 2/3 * * ? *) cron(30 1/3 * * ? *)",
	} {
		if got := strings.Join(everyExpressions(minutes), " "); got != want {
			t.Errorf("every %d minutes: got %s, want %s", minutes, got, want)
		}
	}
}

// TestJ1_EveryRunsWhenItShould reads the expressions of every interval back, by other means, and compares the minutes
// of a day.
func TestJ1_EveryRunsWhenItShould(t *testing.T) {
	for minutes := 1; minutes <= 1440; minutes++ {
		if 1440%minutes != 0 {
			continue
		}
		runs := make([]int, 1440)
		for _, expression := range everyExpressions(minutes) {
			fields := strings.Fields(strings.TrimSuffix(strings.TrimPrefix(expression, "cron("), ")"))
			for at := range runs {
				if matches(t, fields[0], at%60, 59) && matches(t, fields[1], at/60, 23) {
					runs[at]++
				}
			}
		}
		for at, n := range runs {
			if want := at%minutes == 0; (n == 1) != want || n > 1 {
				t.Fatalf("every %d minutes: %d runs at %02d:%02d", minutes, n, at/60, at%60)
			}
		}
	}
}

// matches is a reader of EventBridge fields, as its documentation describes them.
func matches(t *testing.T, field string, value, high int) bool {
	t.Helper()
	for _, part := range strings.Split(field, ",") {
		var from, to, step int
		switch {
		case part == "*":
			return true
		case strings.Contains(part, "/"):
			if _, err := fmt.Sscanf(part, "%d/%d", &from, &step); err != nil {
				t.Fatal(field, err)
			}
			if value >= from && value <= high && (value-from)%step == 0 {
				return true
			}
		case strings.Contains(part, "-"):
			if _, err := fmt.Sscanf(part, "%d-%d", &from, &to); err != nil {
				t.Fatal(field, err)
			}
			if value >= from && value <= to {
				return true
			}
		default:
			if _, err := fmt.Sscanf(part, "%d", &from); err != nil {
				t.Fatal(field, err)
			}
			if value == from {
				return true
			}
		}
	}
	return false
}

func TestJ1_CronExpressions(t *testing.T) {
	for expression, want := range map[string]string{
		"0 3 * * *":          "cron(0 3 * * ? *)",
		"*/15 * * * *":       "cron(0/15 * * * ? *)",
		"0 9-17 * * 1-5":     "cron(0 9-17 ? * 2-6 *)",
		"0 0 1 * *":          "cron(0 0 1 * ? *)",
		"0 0 * * 0":          "cron(0 0 ? * 1 *)",
		"30 6 * * sat,SUN":   "cron(30 6 ? * 1,7 *)",
		"5 4 1,15 jan-mar *": "cron(5 4 1,15 1-3 ? *)",
		"10-50/20 * * * *":   "cron(10/20 * * * ? *)",
		"10-40/15 * * * *":   "cron(10,25,40 * * * ? *)",
		"0 0 */10 * *":       "cron(0 0 1/10 * ? *)",
		"7/10 * * * *":       "cron(7/10 * * * ? *)",
		"0 0 ? * *":          "cron(0 0 * * ? *)",
		"0 0 1-31 * 1":       "cron(0 0 * * ? *)", // either day will do where neither begins with a star
		"0 0 */1 * 1":        "cron(0 0 ? * 2 *)",
		"0 0 1,,15 * *":      "cron(0 0 1,15 * ? *)",
		"0 0 , * 1":          "cron(0 0 ? * 2 *)",
		"0 0 31 2,3 *":       "cron(0 0 31 2,3 ? *)",
	} {
		got, err := (&Spec{Schedule: expression}).Expressions()
		if err != nil || len(got) != 1 || got[0] != want {
			t.Errorf("%q: got %s %v, want %s", expression, got, err, want)
		}
	}
	if got, err := (&Spec{Schedule: "0 0 13 * 5"}).Expressions(); err == nil {
		t.Errorf("both day fields were accepted: %v", got)
	}
	if got, err := (&Spec{EveryMinutes: 90}).Expressions(); err != nil || len(got) != 2 {
		t.Errorf("every 90 minutes: %v, %v", got, err)
	}
}

// TestJ1_FieldsKeepTheirValues prints every field of many expressions and reads it back.
func TestJ1_FieldsKeepTheirValues(t *testing.T) {
	for _, field := range cronFields {
		stride := 1 + field.high/8 // enough to meet every shape, few enough to be quick
		for _, step := range []int{1, 2, 3, 5, 7, 15, 30} {
			for low := field.low; low <= field.high; low += stride {
				for high := low; high <= field.high; high++ {
					var values []int
					for v := low; v <= high; v += step {
						values = append(values, v)
					}
					printed := field.print(values)
					var back []int
					for v := field.low; v <= field.high; v++ {
						if matches(t, printed, v, field.high) {
							back = append(back, v)
						}
					}
					if !slices.Equal(values, back) {
						t.Fatalf("%s %d-%d/%d: %v printed as %s", field.name, low, high, step, values, printed)
					}
				}
			}
		}
	}
}
