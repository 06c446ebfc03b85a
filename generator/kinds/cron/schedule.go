package cron

import (
	"fmt"
	"strconv"
	"strings"
)

// EventBridge Scheduler has expressions of six fields, a `?` in one of the day fields, days of week counted from 1,
// and no range with a step. Encore's schedules have five fields as in crontab(5), or an interval counted from
// midnight UTC. One of these can need several of those.

// Expressions are the schedule in the words of EventBridge Scheduler, in UTC: several when one cannot say it, none when it
// never comes. It fails on a schedule that EventBridge cannot express.
func (c *Spec) Expressions() ([]string, error) {
	if c.Schedule == "" {
		return everyExpressions(c.EveryMinutes), nil
	}
	table, _ := c.table()
	if !table.comes() {
		return nil, nil
	}
	expression, err := table.expression()
	if err != nil {
		return nil, fmt.Errorf("the schedule %q: %w", c.Schedule, err)
	}
	return []string{expression}, nil
}

// everyExpressions says when an interval of whole minutes that divides a day falls, aligned to midnight UTC as Encore
// aligns it. A rate() would count from whenever the schedule was made.
func everyExpressions(minutes int) []string {
	const day = 24 * 60
	hours := map[int][]int{} // minute of the hour -> the hours it falls in
	for at := 0; at < day; at += minutes {
		hours[at%60] = append(hours[at%60], at/60)
	}
	byHours := map[string][]int{} // hours, as a field -> minutes that share them
	var order []string
	for minute := range 60 {
		if len(hours[minute]) == 0 {
			continue
		}
		field := cronFields[1].print(hours[minute])
		if byHours[field] == nil {
			order = append(order, field)
		}
		byHours[field] = append(byHours[field], minute)
	}
	var expressions []string
	for _, field := range order {
		expressions = append(expressions, fmt.Sprintf("cron(%s %s * * ? *)", cronFields[0].print(byHours[field]), field))
	}
	return expressions
}

// expression says a schedule that comes in one expression. It fails on one that restricts both day fields: no single
// expression of EventBridge says that either day will do, and two would run twice on a day that is both.
func (t crontab) expression() (string, error) {
	days, weekdays := t.days()
	printed := make([]string, len(cronFields))
	for i, field := range cronFields {
		printed[i] = field.print(t.values[i])
	}
	switch {
	case !weekdays:
		printed[dayOfWeek] = "?"
	case !days:
		printed[dayOfMonth] = "?"
		var shifted []int // Sunday is 0 in crontab, 1 in EventBridge
		for _, day := range t.values[dayOfWeek] {
			shifted = append(shifted, day+1)
		}
		week := cronField{low: 1, high: 7}
		printed[dayOfWeek] = week.print(shifted)
	default:
		return "", fmt.Errorf("it restricts both the day of month and the day of week")
	}
	if !days && !weekdays {
		printed[dayOfMonth] = "*"
	}
	return "cron(" + strings.Join(printed, " ") + " *)", nil
}

// print writes ascending values as shortly as EventBridge allows: * for all, a step that runs to the end, else a list
// in which neighbours are ranges.
func (f cronField) print(values []int) string {
	if len(values) == f.high-f.low+1 {
		return "*"
	}
	if step, ok := progression(values, f.high); ok {
		return fmt.Sprintf("%d/%d", values[0], step)
	}
	var parts []string
	for i := 0; i < len(values); {
		j := i
		for j+1 < len(values) && values[j+1] == values[j]+1 {
			j++
		}
		if j-i >= 2 {
			parts = append(parts, fmt.Sprintf("%d-%d", values[i], values[j]))
			i = j + 1
			continue
		}
		parts = append(parts, strconv.Itoa(values[i]))
		i++
	}
	return strings.Join(parts, ",")
}

// progression reports whether three or more values have one distance and leave no room for another before high.
func progression(values []int, high int) (step int, ok bool) {
	if len(values) < 3 {
		return 0, false
	}
	step = values[1] - values[0]
	for i := 1; i < len(values); i++ {
		if values[i]-values[i-1] != step {
			return 0, false
		}
	}
	return step, step > 1 && values[len(values)-1]+step > high
}
