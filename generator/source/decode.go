package source

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hashicorp/hcl/v2"

	"github.com/groundplan/groundplan/generator/diagnostic"
)

// Decode stores a settings object into the struct target points to, and reports everything that does not fit.
//
// A setting goes to the field of its name; letter case and underscores do not matter, so that one struct serves every
// spelling. A field's tag may say more: `setting:"name"` for another name, `setting:",required"` when it must be
// written, `setting:",seconds"` for a time.Duration whose bare numbers are seconds instead of nanoseconds, and
// `setting:"-"` for a field that is no setting. Fields may be strings, booleans, numbers, time.Duration (a number, or
// string such as "30s" and "7 days"), structs, slices, pointers to any of these, and Value, which takes anything as it
// is. A setting that is not written, or is nil, leaves its field alone: fill in defaults before.
//
// It panics when target is not a pointer to a struct or a field has another type: that is a mistake of the caller's.
func Decode(value Value, target any) hcl.Diagnostics {
	pointer := reflect.ValueOf(target)
	if pointer.Kind() != reflect.Pointer || pointer.Elem().Kind() != reflect.Struct {
		panic(fmt.Sprintf("source.Decode: target is %T, not a pointer to a struct", target))
	}
	if value.Kind == Absent || value.Kind == Nil {
		value = Value{Kind: Object, At: value.At}
	}
	return decodeStruct(value, pointer.Elem(), "The settings")
}

// setting is a struct field as Decode sees it.
type setting struct {
	name     string
	required bool
	seconds  bool
	field    reflect.Value
}

func settingsOf(target reflect.Value) []setting {
	var settings []setting
	for i := range target.NumField() {
		field := target.Type().Field(i)
		name, options, _ := strings.Cut(field.Tag.Get("setting"), ",")
		if name == "-" || !field.IsExported() {
			continue
		}
		if name == "" {
			name = field.Name
		}
		settings = append(settings, setting{
			name: name, field: target.Field(i),
			required: slices.Contains(strings.Split(options, ","), "required"),
			seconds:  slices.Contains(strings.Split(options, ","), "seconds"),
		})
	}
	return settings
}

func decodeStruct(value Value, target reflect.Value, what string) hcl.Diagnostics {
	if value.Kind != Object {
		return hcl.Diagnostics{wrongType(value, what, "an object with settings")}
	}
	var diags hcl.Diagnostics
	settings := settingsOf(target)
	seen := make(map[string]bool)
	for _, field := range value.Fields {
		i := slices.IndexFunc(settings, func(s setting) bool { return SameName(s.name, field.Name) })
		if i < 0 {
			diags = append(diags, unknownSetting(field, settings))
			continue
		}
		if seen[settings[i].name] {
			diags = append(diags, diagnostic.Error(field.At, "Duplicate setting", "remove one of them", "%s stands twice here.", field.Name))
			continue
		}
		seen[settings[i].name] = true
		if field.Value.Kind != Nil || settings[i].field.Type() == reflect.TypeFor[Value]() {
			diags = append(diags, decodeValue(field.Value, settings[i].field, field.Name, settings[i].seconds)...)
		}
	}
	for _, s := range settings {
		if s.required && !seen[s.name] {
			diags = append(diags, diagnostic.Error(value.At, "Missing setting", "add it", "%s must be set here.", s.name))
		}
	}
	return diags
}

func unknownSetting(field Field, settings []setting) *hcl.Diagnostic {
	var names []string
	camel := field.Name != "" && 'a' <= field.Name[0] && field.Name[0] <= 'z' && !strings.Contains(field.Name, "_") && !strings.HasSuffix(field.At.Filename, ".go")
	for _, s := range settings {
		if camel { // as Read spells them
			s.name = strings.ToLower(s.name[:1]) + s.name[1:]
		}
		names = append(names, s.name)
	}
	remedy := "there are no settings here; remove it"
	if len(names) > 0 {
		remedy = "the settings are " + strings.Join(names, ", ")
		if near := diagnostic.Closest(field.Name, names); near != "" {
			remedy = "did you mean " + near + "? " + remedy
		}
	}
	return diagnostic.Error(field.At, "Unknown setting", remedy, "There is no setting %s here.", field.Name)
}

func wrongType(value Value, what, want string) *hcl.Diagnostic {
	return diagnostic.Error(value.At, "Wrong type", "", "%s must be %s, got %s.", what, want, DescribeValue(value))
}

// DescribeValue is a value as messages call it.
func DescribeValue(v Value) string {
	switch v.Kind {
	case String:
		return "the string " + strconv.Quote(v.Text)
	case Int:
		return "the number " + strconv.FormatInt(v.Int, 10)
	case Float:
		return "the number " + strconv.FormatFloat(v.Float, 'g', -1, 64)
	case Bool:
		return strconv.FormatBool(v.Bool)
	case Object:
		return "an object"
	case List:
		return "a list"
	case Constant:
		return "the constant " + v.Text
	case Reference:
		return "a reference to " + v.Text
	case Nil:
		return "nil"
	case Absent:
		return "nothing"
	}
	return "an expression"
}

var durationType = reflect.TypeFor[time.Duration]()

func decodeValue(value Value, target reflect.Value, name string, seconds bool) hcl.Diagnostics {
	if target.Type() == reflect.TypeFor[Value]() {
		target.Set(reflect.ValueOf(value))
		return nil
	}
	if target.Type() == durationType {
		return decodeDuration(value, target, name, seconds)
	}
	switch target.Kind() {
	case reflect.Pointer:
		if target.IsNil() {
			target.Set(reflect.New(target.Type().Elem()))
		}
		return decodeValue(value, target.Elem(), name, seconds)
	case reflect.Struct:
		return decodeStruct(value, target, name)
	case reflect.Slice:
		return decodeList(value, target, name, seconds)
	case reflect.String:
		if value.Kind != String {
			return hcl.Diagnostics{wrongType(value, name, "a string")}
		}
		target.SetString(value.Text)
	case reflect.Bool:
		if value.Kind != Bool {
			return hcl.Diagnostics{wrongType(value, name, "true or false")}
		}
		target.SetBool(value.Bool)
	case reflect.Int, reflect.Int32, reflect.Int64:
		if value.Kind != Int || target.OverflowInt(value.Int) {
			return hcl.Diagnostics{wrongType(value, name, fmt.Sprintf("an integer of at most %d bits", target.Type().Bits()))}
		}
		target.SetInt(value.Int)
	case reflect.Uint, reflect.Uint32, reflect.Uint64:
		if value.Kind != Int || value.Int < 0 || target.OverflowUint(uint64(value.Int)) {
			return hcl.Diagnostics{wrongType(value, name, "an integer, zero or more")}
		}
		target.SetUint(uint64(value.Int))
	case reflect.Float64:
		if value.Kind != Int && value.Kind != Float {
			return hcl.Diagnostics{wrongType(value, name, "a number")}
		}
		number := value.Float
		if value.Kind == Int {
			number = float64(value.Int)
		}
		target.SetFloat(number)
	default:
		panic(fmt.Sprintf("source.Decode: the setting %s has the type %s, which no setting can have", name, target.Type()))
	}
	return nil
}

func decodeList(value Value, target reflect.Value, name string, seconds bool) hcl.Diagnostics {
	if value.Kind != List {
		return hcl.Diagnostics{wrongType(value, name, "a list")}
	}
	list := reflect.MakeSlice(target.Type(), len(value.Fields), len(value.Fields))
	var diags hcl.Diagnostics
	for i, element := range value.Fields {
		diags = append(diags, decodeValue(element.Value, list.Index(i), "Each element of "+name, seconds)...)
	}
	target.Set(list)
	return diags
}

func decodeDuration(value Value, target reflect.Value, name string, seconds bool) hcl.Diagnostics {
	unit := time.Nanosecond
	if seconds {
		unit = time.Second
	}
	switch value.Kind {
	case Int:
		if value.Int > math.MaxInt64/int64(unit) || value.Int < math.MinInt64/int64(unit) {
			return hcl.Diagnostics{wrongType(value, name, "a duration of less than 292 years")}
		}
		target.SetInt(value.Int * int64(unit))
		return nil
	case Float:
		if scaled := value.Float * float64(unit); scaled == math.Trunc(scaled) && math.Abs(scaled) < math.MaxInt64 {
			target.SetInt(int64(scaled))
			return nil
		}
	case String:
		if duration, ok := ParseDuration(value.Text); ok {
			target.SetInt(int64(duration))
			return nil
		}
	}
	return hcl.Diagnostics{wrongType(value, name, `a duration, such as 30 * time.Second in Go or "30s" elsewhere`)}
}

// durationUnits are the units of a manifest beside those of time.ParseDuration. Encore's TypeScript parser knows the
// short ones and "y"; the reader refuses the others.
var durationUnits = []struct {
	names []string
	unit  time.Duration
}{
	{[]string{"ms", "millisecond", "milliseconds"}, time.Millisecond},
	{[]string{"s", "sec", "secs", "second", "seconds"}, time.Second},
	{[]string{"m", "min", "mins", "minute", "minutes"}, time.Minute},
	{[]string{"h", "hr", "hrs", "hour", "hours"}, time.Hour},
	{[]string{"d", "day", "days"}, 24 * time.Hour},
	{[]string{"w", "week", "weeks"}, 7 * 24 * time.Hour},
	{[]string{"y"}, 31_556_926 * time.Second}, // the mean year of Encore's parser
}

// ParseDuration reads a duration such as "30s", "1h 30 minutes" or "7 days"; false for what is none, and for none at all.
func ParseDuration(text string) (time.Duration, bool) {
	text = strings.TrimSpace(text)
	if duration, err := time.ParseDuration(text); err == nil {
		return duration, true
	}
	var total time.Duration
	for text != "" {
		digits := 0
		for digits < len(text) && '0' <= text[digits] && text[digits] <= '9' {
			digits++
		}
		count, err := strconv.ParseInt(text[:digits], 10, 64)
		if err != nil {
			return 0, false
		}
		text = strings.TrimLeft(text[digits:], " ")
		letters := 0
		for letters < len(text) && 'a' <= lower(text[letters]) && lower(text[letters]) <= 'z' {
			letters++
		}
		unit := time.Duration(0)
		for _, known := range durationUnits {
			if slices.Contains(known.names, strings.ToLower(text[:letters])) {
				unit = known.unit
			}
		}
		if unit == 0 || count > int64(math.MaxInt64-total)/int64(unit) {
			return 0, false
		}
		total += time.Duration(count) * unit
		text = strings.TrimLeft(text[letters:], " ")
	}
	return total, total > 0
}
