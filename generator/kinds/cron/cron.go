// Package cron is the kind of cron jobs: how schedules are spelled in source, and in the words of EventBridge Scheduler.
package cron

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/diagnostic"
	"github.com/groundplan/groundplan/generator/kinds/kind"
	"github.com/groundplan/groundplan/generator/settings"
	"github.com/groundplan/groundplan/generator/source"
)

// Spec is a job that calls an endpoint on a schedule, in UTC.
type Spec struct {
	Title string
	// EveryMinutes is the interval, counted from midnight UTC; 0 when Schedule says when.
	EveryMinutes int
	// Schedule is a cron expression of five fields; "" when EveryMinutes says when.
	Schedule string
	// TypeScript says that Schedule follows the rules of Encore's TypeScript parser.
	TypeScript bool
	// Service and Endpoint are what the job calls. With StartsJob, Service is a container that is started, and Endpoint "".
	Service   string
	Endpoint  string
	StartsJob bool
	// TimeZone is the schedule's, by its name in the database of the IANA.
	TimeZone string
}

// When spells the schedule as Encore's metadata does: "every:60" (minutes) or "schedule:0 3 * * *".
func (c *Spec) When() string {
	if c.Schedule != "" {
		return "schedule:" + c.Schedule
	}
	return "every:" + strconv.Itoa(c.EveryMinutes)
}

// Kind is the kind of cron jobs.
var Kind = kind.Kind{
	Name: "cron",
	Noun: "cron job",
	Go: []source.GoSpelling{{
		Package:      "encore.dev/cron",
		TypeName:     "cron.Job",
		Constructors: []string{"NewJob"},
		ParentArg:    -1,
		NameArg:      0,
		ConfigArg:    1,
		ConfigType:   "JobConfig",
		Grammar:      source.Kebab,
		Constants: map[string]source.Value{
			"Minute": {Kind: source.Int, Int: 60},
			"Hour":   {Kind: source.Int, Int: 3600},
		},
		References: []string{"Endpoint"},
		Methods:    map[string][]string{},
		InService:  true,
	}},
	TypeScript: []source.TypeScriptSpelling{typeScriptSpelling},
	Manifest:   []source.ManifestSpelling{manifest},
	Metadata:   metadata,
	Read:       readCron,
	Schedules:  schedulesOfJobs,
	Check:      check,
	Inspection: kind.Inspection{
		List: "crons", Node: `(("<name>"))`,
		Entry: inspect,
		Own:   ownLine,
		Starts: func(r *app.Resource) (service, when string) {
			spec := r.Spec.(*Spec)
			return spec.Service, spec.inWords()
		},
	},
}

// cronSettings mirrors cron.JobConfig, where Every counts seconds.
type cronSettings struct {
	Title    string
	Every    time.Duration `setting:",seconds"`
	Schedule string
	Endpoint source.Value
}

// containerCronSettings are what the manifest of an application of plain containers says besides.
type containerCronSettings struct {
	cronSettings
	Job      source.Value
	TimeZone source.Value
}

func readCron(decl source.Decl, in kind.Input) (any, hcl.Diagnostics) {
	var settings containerCronSettings
	cron := &Spec{TimeZone: defaultTimeZone}
	diags := decodeCron(decl, in, &settings)
	if diags.HasErrors() {
		return cron, diags
	}
	cron.Title = settings.Title
	if cron.Title == "" {
		cron.Title = decl.Name
	}
	every, schedule := decl.Config.Field("Every"), decl.Config.Field("Schedule")
	switch {
	case settings.Every != 0 && settings.Schedule != "":
		diags = append(diags, diagnostic.Error(kind.SettingAt(decl, schedule), "Two schedules", in.Remedy("remove Every or Schedule", "remove every or schedule"),
			"Cron job %q says both how often it runs and at which times; it can follow one.", decl.Name))
	case settings.Schedule != "":
		cron.Schedule, cron.TypeScript = settings.Schedule, in.SpelledInTypeScript()
		diags = append(diags, checkSchedule(decl, kind.SettingAt(decl, schedule), cron)...)
	case every.Kind != source.Absent:
		cron.EveryMinutes = int(settings.Every / time.Minute)
		diags = append(diags, checkEvery(decl, kind.SettingAt(decl, every), settings.Every, in)...)
	default:
		diags = append(diags, diagnostic.Error(decl.At, "Missing schedule",
			in.Remedy("set Every, as in 2 * cron.Hour, or Schedule, as in \"0 3 * * *\"", `set every, as in "2h", or schedule, as in "0 3 * * *"`),
			"Cron job %q does not say when it runs.", decl.Name))
	}
	if settings.Job.Kind != source.Absent || settings.TimeZone.Kind != source.Absent {
		return cron, append(diags, readStart(decl, settings, in, cron)...)
	}
	return cron, append(diags, readCronEndpoint(decl, settings.Endpoint, in, cron)...)
}

// readCronEndpoint finds the endpoint a job calls.
func readCronEndpoint(decl source.Decl, written source.Value, in kind.Input, cron *Spec) hcl.Diagnostics {
	at := kind.SettingAt(decl, written)
	if written.Kind == source.Absent {
		remedy := in.Remedy("set Endpoint", "set endpoint") + " to an API endpoint without parameters"
		if in.Application.Runtime == app.Containers {
			remedy += ", or job to a job"
		}
		return hcl.Diagnostics{diagnostic.Error(decl.At, "Missing endpoint", remedy, "Cron job %q does not say what it calls.", decl.Name)}
	}
	cron.Service = in.ServiceAround(written.Package)
	endpoint, ok := in.Endpoint(cron.Service, written.Text)
	if !ok {
		return hcl.Diagnostics{diagnostic.Error(at, "Unknown endpoint", in.Remedy("name a function that has an encore:api comment", "name the exported variable of an endpoint"),
			"Cron job %q calls %s, which is no API endpoint.", decl.Name, written.Text)}
	}
	cron.Endpoint = endpoint.Name
	if !endpoint.HasRequest { // raw endpoints are the reader's to refuse
		return nil
	}
	problem := diagnostic.Error(at, "Endpoint with parameters", "call a private endpoint without parameters that does the same",
		"Cron job %q calls %s.%s, which takes parameters, and a cron job has none to give.", decl.Name, cron.Service, endpoint.Name)
	if in.Application.Origin != source.FromManifest { // Encore builds such an application
		problem = diagnostic.Warning(at, problem.Summary, "call a private endpoint without parameters that does the same",
			"Cron job %q calls %s.%s, which takes parameters, and a cron job has none to give: %s.", decl.Name, cron.Service, endpoint.Name, withoutParameters(endpoint.Path))
	}
	return hcl.Diagnostics{problem}
}

// withoutParameters says what becomes of a job whose endpoint takes parameters.
func withoutParameters(path string) string {
	if hasPathParameters(path) {
		return "the path has no value where it wants one, and no schedule is made"
	}
	return "every run comes with an empty request"
}

// hasPathParameters reports whether a path has segments that only a caller can fill.
func hasPathParameters(path string) bool {
	for segment := range strings.SplitSeq(path, "/") {
		if segment != "" && strings.ContainsRune(":*!", rune(segment[0])) {
			return true
		}
	}
	return false
}

// checkSchedule holds a cron expression to the rules of who reads it, and warns of one that never comes.
func checkSchedule(decl source.Decl, at hcl.Range, cron *Spec) hcl.Diagnostics {
	table, problem := cron.table()
	hint := "write minute, hour, day of month, month and day of week, as in \"0 3 * * 1-5\""
	switch {
	case problem == "" && table.comes():
		return nil
	case problem == "" && !cron.TypeScript:
		return hcl.Diagnostics{diagnostic.Warning(at, "Cron job that never runs", hint, "No date and time match the schedule %q of cron job %q, so that none is made.", cron.Schedule, decl.Name)}
	case problem == "":
		problem = "no date and time match it, and Encore refuses that"
	}
	return hcl.Diagnostics{diagnostic.Error(at, "Invalid cron expression", hint, "The schedule %q of cron job %q cannot be read: %s.", cron.Schedule, decl.Name, problem)}
}

// checkEvery checks an interval. Encore for Go runs jobs at the same times every day, so the interval must divide a day;
// plain containers have no other rule.
func checkEvery(decl source.Decl, at hcl.Range, every time.Duration, in kind.Input) hcl.Diagnostics {
	const day = 24 * 60
	minutes := int64(every / time.Minute)
	switch {
	case every%time.Minute != 0 || minutes < 1:
		return hcl.Diagnostics{diagnostic.Error(at, "Invalid interval", in.Remedy("use a multiple of cron.Minute, at least one", `use whole minutes, at least "1m"`),
			"Cron job %q runs every %s seconds; intervals are whole minutes.", decl.Name, strconv.FormatFloat(every.Seconds(), 'f', -1, 64))}
	case minutes > day:
		return hcl.Diagnostics{diagnostic.Error(at, "Too long interval", in.Remedy("use Schedule for a job that runs less than daily", "use schedule for a job that runs less than daily"),
			"Cron job %q runs every %d minutes; the longest interval is 24 hours.", decl.Name, minutes)}
	case in.Application.Runtime != app.EncoreTypeScript && day%minutes != 0:
		nearest := nearestDivisor(int(minutes))
		return hcl.Diagnostics{diagnostic.Error(at, "Interval that does not divide a day", "the nearest that does is "+in.Remedy(goInterval(nearest), kind.Spell(time.Duration(nearest)*time.Minute)),
			"Cron job %q runs every %d minutes, which does not come round to the same times each day.", decl.Name, minutes)}
	}
	return nil
}

// nearestDivisor is the interval nearest to the given one, in minutes, that divides a day.
func nearestDivisor(minutes int) int {
	const day = 24 * 60
	for distance := 1; ; distance++ {
		for _, candidate := range []int{minutes - distance, minutes + distance} {
			if candidate >= 1 && day%candidate == 0 {
				return candidate
			}
		}
	}
}

// goInterval spells an interval of minutes as Go code does.
func goInterval(minutes int) string {
	hours, rest := minutes/60, minutes%60
	switch {
	case hours == 0:
		return fmt.Sprintf("%d * cron.Minute", rest)
	case rest == 0:
		return fmt.Sprintf("%d * cron.Hour", hours)
	}
	return fmt.Sprintf("%d*cron.Hour + %d*cron.Minute", hours, rest)
}

// typeScriptSpelling is how TypeScript code declares and uses one.
var typeScriptSpelling = source.TypeScriptSpelling{
	Module: "encore.dev/cron", Constructors: []string{"CronJob"},
	ParentArg: -1, NameArg: 0, ConfigArg: 1, ConfigRequired: true,
	References: []string{"endpoint"},
	Durations:  []string{"every"},
	Methods:    map[string][]string{},
}

// manifest is how a manifest declares and uses one.
var manifest = source.ManifestSpelling{
	Block: "cron", Grammar: source.Kebab,
	Meaning: "A schedule, in UTC unless it has a `time_zone`, on which an endpoint is called or a job is started. It has `every` or `schedule`, and `endpoint` or `job`.",
	Settings: []settings.Setting{
		{Name: "title", Type: settings.String, Default: "its name", Meaning: "What people call it."},
		{Name: "every", Type: settings.Duration, Default: "none", Meaning: "How often it runs: whole minutes that divide a day, counted from midnight."},
		{Name: "schedule", Type: settings.String, Default: "none", Meaning: "When it runs: minute, hour, day of the month, month and day of the week, as in `0 3 * * 1-5`."},
		{Name: "endpoint", Type: settings.String, Default: "none", Meaning: "What it calls, as in `billing.Report`: an endpoint without parameters."},
		{Name: "job", Type: settings.String, Default: "none", Only: source.ForContainers, Meaning: "The job it starts. A run that cannot start, does not start in an hour, or ends with another status than 0 raises an alarm."},
		{Name: "time_zone", Type: settings.String, Default: "`\"UTC\"`", Only: source.ForContainers,
			Meaning: "Time zone of the schedule of a job, as in `Europe/Berlin`. A time that a change of the clocks leaves out is a run that is left out; one that comes twice is one run."},
	},
	Endpoint: "endpoint", Job: "job",
}

// metadata is how Encore's metadata lists one.
var metadata = source.MetadataSpelling{
	List: []string{"cron_jobs"}, Name: "id",
	Settings: []source.MetadataSetting{
		{Field: "title", Setting: "Title"},
		{Field: "schedule", Type: source.MetadataVariant, Variants: []source.MetadataVariantSetting{
			{Prefix: "every:", Setting: "Every", Unit: 60}, // minutes, of which the setting wants seconds
			{Prefix: "schedule:", Setting: "Schedule"},
		}},
		{Field: "endpoint", Setting: "Endpoint", Type: source.MetadataEndpoint},
	},
}
