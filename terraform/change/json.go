package change

import (
	"encoding/json"
	"io"
)

// Version is the shape of the JSON that this package writes, see docs/driving.md. It changes when a reader of the former one
// would misread it; more members do not change it.
const Version = 1

// The shape of the JSON. Members without omitempty are always there.
type (
	document struct {
		Version int           `json:"version"`
		Stacks  []stackRecord `json:"stacks"`
	}
	stackRecord struct {
		Name       string            `json:"name"`
		Incomplete bool              `json:"incomplete,omitempty"`
		Unplanned  string            `json:"unplanned,omitempty"`
		Counts     countRecord       `json:"counts"`
		Components []componentRecord `json:"components"`
		Outputs    []outputRecord    `json:"outputs,omitempty"`
		Drift      []componentRecord `json:"drift,omitempty"`
		Deferred   []deferredRecord  `json:"deferred,omitempty"`
	}
	countRecord struct {
		Create  int `json:"create"`
		Change  int `json:"change"`
		Replace int `json:"replace"`
		Destroy int `json:"destroy"`
		Forget  int `json:"forget"`
		Import  int `json:"import"`
		Move    int `json:"move"`
		Read    int `json:"read"`
	}
	componentRecord struct {
		ID         string           `json:"id"`
		Title      string           `json:"title"`
		Noun       string           `json:"noun,omitempty"`
		With       []string         `json:"with,omitempty"`
		DeclaredIn string           `json:"declared_in,omitempty"`
		HoldsData  bool             `json:"holds_data,omitempty"`
		Gone       bool             `json:"gone,omitempty"`
		Risk       string           `json:"risk"`
		Summary    string           `json:"summary"`
		Resources  []resourceRecord `json:"resources"`
	}
	resourceRecord struct {
		Address         string            `json:"address"`
		Type            string            `json:"type"`
		Noun            string            `json:"noun"`
		Action          string            `json:"action"`
		Risk            string            `json:"risk"`
		PreviousAddress string            `json:"previous_address,omitempty"`
		ImportID        string            `json:"import_id,omitempty"`
		Deposed         string            `json:"deposed,omitempty"`
		Forces          []string          `json:"forces,omitempty"`
		Because         string            `json:"because,omitempty"`
		Attributes      []attributeRecord `json:"attributes,omitempty"`
	}
	attributeRecord struct {
		Path      string          `json:"path"`
		Before    json.RawMessage `json:"before,omitempty"`
		After     json.RawMessage `json:"after,omitempty"`
		Unknown   bool            `json:"unknown,omitempty"`
		Sensitive bool            `json:"sensitive,omitempty"`
	}
	outputRecord struct {
		Name      string `json:"name"`
		Action    string `json:"action"`
		Unknown   bool   `json:"unknown,omitempty"`
		Sensitive bool   `json:"sensitive,omitempty"`
	}
	deferredRecord struct {
		Address   string `json:"address"`
		Component string `json:"component"`
		Reason    string `json:"reason"`
	}
)

// JSON writes plans for programs.
func JSON(w io.Writer, sets []Set) error {
	written := document{Version: Version, Stacks: []stackRecord{}}
	for _, set := range sets {
		written.Stacks = append(written.Stacks, recordOf(set))
	}
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(written)
}

func recordOf(set Set) stackRecord {
	record := stackRecord{Name: set.Stack, Incomplete: set.Incomplete, Unplanned: set.Unplanned, Counts: countRecord(set.Counts), Components: componentRecords(set.Components)}
	for _, output := range set.Outputs {
		record.Outputs = append(record.Outputs, outputRecord(output))
	}
	if len(set.Drift) > 0 {
		record.Drift = componentRecords(set.Drift)
	}
	for _, deferred := range set.Deferred {
		record.Deferred = append(record.Deferred, deferredRecord(deferred))
	}
	return record
}

func componentRecords(components []Component) []componentRecord {
	records := []componentRecord{}
	for _, c := range components {
		record := componentRecord{
			ID: c.ID, Title: c.Title(), Noun: c.Noun, With: c.With, DeclaredIn: c.DeclaredIn, HoldsData: c.HoldsData, Gone: c.Gone,
			Risk: c.Risk.String(), Summary: c.Summary, Resources: []resourceRecord{},
		}
		for _, r := range c.Resources {
			record.Resources = append(record.Resources, resourceRecordOf(r))
		}
		records = append(records, record)
	}
	return records
}

func resourceRecordOf(r Resource) resourceRecord {
	record := resourceRecord{
		Address: r.Address, Type: r.Type, Noun: r.Noun, Action: r.Action, Risk: r.Risk.String(), PreviousAddress: r.PreviousAddress,
		ImportID: r.ImportID, Deposed: r.Deposed, Forces: r.Forces, Because: r.Because,
	}
	for _, a := range r.Attributes {
		record.Attributes = append(record.Attributes, attributeRecord{
			Path: a.Path, Before: json.RawMessage(a.Before), After: json.RawMessage(a.After), Unknown: a.Unknown, Sensitive: a.Sensitive,
		})
	}
	return record
}
