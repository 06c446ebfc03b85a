package cron

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Encore has two readers of cron expressions, which differ in more than detail. The one for Go takes names of months, `?`,
// steps behind anything, and a date that never comes; the one for TypeScript takes names of weekdays in any field, steps
// behind `*` alone, and no schedule without a next date. An expression that its reader refuses is an application that
// Encore does not build, so each language is held to its own. A manifest follows the rules of Go.

// cronField is one of the five fields of a cron expression.
type cronField struct {
	name      string
	low, high int
	names     []string // names[i] stands for low+i
}

const dayOfMonth, month, dayOfWeek = 2, 3, 4

var cronFields = []cronField{
	{name: "minute", low: 0, high: 59},
	{name: "hour", low: 0, high: 23},
	{name: "day of month", low: 1, high: 31},
	{name: "month", low: 1, high: 12, names: []string{"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}},
	{name: "day of week", low: 0, high: 6, names: weekdayNames},
}

var weekdayNames = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// crontab is a cron expression as its reader understands it.
type crontab struct {
	// values are those each field stands for, ascending.
	values [5][]int
	// either says that one of the two day fields suffices, as in crontab(5) where neither begins with a star.
	either bool
}

// table reads the schedule by the rules of its language. problem says what is wrong with it, "" when nothing is.
func (c *Spec) table() (table crontab, problem string) {
	if strings.HasPrefix(c.Schedule, "TZ=") || strings.HasPrefix(c.Schedule, "CRON_TZ=") {
		return table, "it names a time zone, and schedules are in UTC"
	}
	texts := strings.Fields(c.Schedule)
	if len(texts) != len(cronFields) {
		return table, fmt.Sprintf("it has %d fields, not 5", len(texts))
	}
	stars := false
	for i, field := range cronFields {
		in := map[int]bool{}
		for part := range strings.SplitSeq(texts[i], ",") {
			if part == "" {
				continue // both readers pass over it
			}
			read := field.goPart
			if c.TypeScript {
				read = field.typeScriptPart
			}
			low, high, step, problem := read(part)
			if problem != "" {
				return table, problem
			}
			for v := low; v <= high; v += step {
				in[v] = true
			}
			if i == dayOfMonth || i == dayOfWeek {
				stars = stars || (part[0] == '*' || part[0] == '?') && step == 1
			}
		}
		for v := field.low; v <= field.high; v++ { // TypeScript's reader takes a day or a month 0, which no date has
			if in[v] {
				table.values[i] = append(table.values[i], v)
			}
		}
	}
	table.either = !stars && !c.TypeScript
	return table, ""
}

// goPart reads one part of a list as Encore's reader for Go does: a value, a range, `*` or `?`, with a step or without.
func (f cronField) goPart(part string) (low, high, step int, problem string) {
	span, stepText, hasStep := strings.Cut(part, "/")
	step = 1
	if hasStep {
		n, err := strconv.Atoi(stepText)
		if err != nil || n < 1 {
			return 0, 0, 0, fmt.Sprintf("the step %q of the %s is no positive number", stepText, f.name)
		}
		step = min(n, f.high+1)
	}
	from, to, isRange := strings.Cut(span, "-")
	if from == "*" || from == "?" {
		return f.low, f.high, step, ""
	}
	low, ok := f.value(from, f.names)
	high, okHigh := low, true
	switch {
	case isRange:
		high, okHigh = f.value(to, f.names)
	case hasStep:
		high = f.high // a value with a step opens a range to the end
	}
	switch {
	case !ok || !okHigh || low < f.low || high > f.high:
		return 0, 0, 0, fmt.Sprintf("the %s %q is not between %d and %d", f.name, span, f.low, f.high)
	case low > high:
		return 0, 0, 0, fmt.Sprintf("the %s range %q ends before it begins", f.name, span)
	}
	return low, high, step, ""
}

// typeScriptPart reads one part of a list as Encore's reader for TypeScript does: a value, a range, `*`, or `*` with a step.
func (f cronField) typeScriptPart(part string) (low, high, step int, problem string) {
	if part == "*" {
		return f.low, f.high, 1, ""
	}
	if strings.HasPrefix(part, "*/") {
		for strings.HasPrefix(part, "*/") {
			part = part[len("*/"):]
		}
		n, err := strconv.Atoi(part)
		if err != nil || n < 1 || n > f.high {
			return 0, 0, 0, fmt.Sprintf("the step %q of the %s is not between 1 and %d", part, f.name, f.high)
		}
		return f.low, f.high, n, ""
	}
	from, to, isRange := strings.Cut(part, "-")
	low, ok := f.value(from, weekdayNames)
	high, okHigh := low, true
	if isRange {
		high, okHigh = f.value(to, weekdayNames)
	}
	switch {
	case strings.Contains(part, "/"):
		return 0, 0, 0, fmt.Sprintf("the %s %q has a step, which Encore's TypeScript parser takes behind * alone", f.name, part)
	case (!ok || !okHigh) && f.names != nil:
		return 0, 0, 0, fmt.Sprintf("the %s %q is neither a number between %d and %d nor a weekday, the only names Encore's TypeScript parser knows", f.name, part, f.low, f.high)
	case !ok || !okHigh || high > f.high:
		return 0, 0, 0, fmt.Sprintf("the %s %q is not between %d and %d", f.name, part, f.low, f.high)
	case low > high:
		return 0, 0, 0, fmt.Sprintf("the %s range %q ends before it begins", f.name, part)
	}
	return low, high, 1, ""
}

// value reads a number, or a name where names[i] stands for a number.
func (f cronField) value(text string, names []string) (int, bool) {
	if i := slices.Index(names, strings.ToLower(text)); i >= 0 {
		if len(names) == len(weekdayNames) {
			return i, true
		}
		return f.low + i, true
	}
	n, err := strconv.Atoi(text)
	return n, err == nil && n >= 0
}

// days reports which of the two day fields restrict the schedule.
func (t crontab) days() (ofMonth, ofWeek bool) {
	ofMonth, ofWeek = len(t.values[dayOfMonth]) < 31, len(t.values[dayOfWeek]) < 7
	switch {
	case !t.either:
	case !ofMonth || !ofWeek: // one lets every day through
		return false, false
	case len(t.values[dayOfMonth]) == 0:
		return false, true
	case len(t.values[dayOfWeek]) == 0:
		return true, false
	}
	return ofMonth, ofWeek
}

// comes reports whether some date and time match.
func (t crontab) comes() bool {
	longest := []int{31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}
	date := false // some month has one of the days
	for _, m := range t.values[month] {
		date = date || len(t.values[dayOfMonth]) > 0 && t.values[dayOfMonth][0] <= longest[m-1]
	}
	weekday := len(t.values[dayOfWeek]) > 0
	if t.either {
		date = date || weekday && len(t.values[month]) > 0
	} else {
		date = date && weekday
	}
	return date && len(t.values[0]) > 0 && len(t.values[1]) > 0
}
