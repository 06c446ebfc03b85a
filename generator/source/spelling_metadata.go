package source

// MetadataType is the type a setting has in Encore's metadata.
type MetadataType int

const (
	MetadataText MetadataType = iota
	MetadataFlag
	// MetadataNumber is an integer; 0 is a number like any other.
	MetadataNumber
	// MetadataDuration is an integer, nanoseconds; 0 says that nothing was set.
	MetadataDuration
	// MetadataWord is a word of an enumeration.
	MetadataWord
	// MetadataPattern is a list of path segments, which becomes a text such as "user/:id".
	MetadataPattern
	// MetadataEndpoint names an endpoint by package and name.
	MetadataEndpoint
	// MetadataVariant is a text whose beginning says which setting it is: "every:60" or "schedule:0 3 * * *".
	MetadataVariant
	// MetadataObject is an object of settings.
	MetadataObject
)

// MetadataSetting is a setting of a resource: the field it is read from and what the kind calls it.
type MetadataSetting struct {
	Field   string
	Setting string
	Type    MetadataType
	// Words are those of an enumeration in the order of their numbers, with the values they stand for.
	Words []MetadataWordValue
	// Variants are the beginnings a text can have.
	Variants []MetadataVariantSetting
	// Members are the settings of an object.
	Members []MetadataSetting
}

// MetadataWordValue is a word of an enumeration; the empty word is one that must not occur.
type MetadataWordValue struct {
	Word  string
	Value Value
}

// MetadataVariantSetting is the setting that a text with this prefix is. With a Unit the rest is an integer of it,
// else a text.
type MetadataVariantSetting struct {
	Prefix  string
	Setting string
	Unit    int64
}

// MetadataSpelling says how Encore's metadata lists one kind of resource. The kinds own the table; the reader only
// applies it.
type MetadataSpelling struct {
	// Kind is the kind's name, Noun how messages call it.
	Kind string
	Noun string
	// List is the list that declares, from the top: {"buckets"}. With two names the second list is in every element of
	// the first: {"pubsub_topics", "subscriptions"}.
	List []string
	// Name is the field that holds the name; "" when the elements are names themselves, or have none.
	Name string
	// Nameless says that the elements have no name.
	Nameless bool
	// Parent is the field, in the outer list's element, that names the resource this one belongs to.
	Parent     string
	ParentKind string
	// Service and Package are the fields that say where the declaration stands, in the element, or in the outer list's one
	// when the elements are names. "" for what the metadata does not say.
	Service string
	Package string
	// Whole is the field without which an element declares nothing: it says that the service uses all of the parent.
	Whole    string
	Settings []MetadataSetting
	// Constructor is the enumeration by which a kind tells its variants apart; its values become the declaration's
	// Constructor.
	Constructor MetadataSetting
	// Migrations and MigrationFiles are the fields with the folder and the list of SQL migrations.
	Migrations     string
	MigrationFiles string

	// Users is the list, in the element, of the services that perform Operation, by their field service_name.
	// UsedIn is the list, in a service, of the resources that it performs Operation on: names, or objects when UsedName is
	// their field with the name. UsedOperations is then the list of operations, whose words Operations holds in the order
	// of their numbers.
	Users          string
	Operation      string
	UsedIn         string
	UsedName       string
	UsedOperations string
	Operations     []string
	// ByDeclaration says that, in Go, a service is listed because it declares or names the resource, used or not.
	ByDeclaration bool
}
