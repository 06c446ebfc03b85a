package facts

// A package is taken apart: each function, method, variable and type is a part, and so is what runs when the package is
// loaded. What a part names is written down as numbers, for there is much of it and most leads nowhere.
//
// There is no type checker, so which method a call on a value means is open. It can be any of that name whose type the
// code that runs has made, and to make a value code must name the type, or something that names it. That is what the
// parts of types are for: they lead to their methods, each of which counts once something of its name is called.

// The parts that every package has, by their numbers, and a name.
const (
	// LoadPart is what runs when the package is loaded, Nowhere a part that nothing runs: the types of constants.
	LoadPart int32 = 0
	Nowhere  int32 = 1
	// UnnamedPart is the name of what code cannot name.
	UnnamedPart = "_"
)

// Hold is how an expression takes what it names, the weightiest first: package graph says why it matters.
type Hold uint8

// The ways to take what is named.
const (
	HoldNot      Hold = iota // does something with it
	HoldReturned             // returns it, or is the initial value of a variable
	HoldStored               // assigns it to what is no local variable
	HoldKept                 // assigns it to a local variable
)

// Part is one part of a package.
type Part struct {
	// Receiver is the type of a method, "" for all else.
	Receiver, Name string
	// File and At are where its name is declared.
	File *File
	At   Span
	// Does says that the part itself uses or calls something.
	Does bool
	// Root says that the service around it runs the part of its own accord.
	Root bool
}

// Pair is a part and a part of the same package, or a name, that it leads to.
type Pair struct{ From, To int32 }

// PairAt is a pair of parts, with the place where the first names the second.
type PairAt struct {
	Pair
	Hold Hold // as in Ref
	File *File
	At   Span
}

// PartSet are the parts of a package, and how they lead to each other. Parts are numbered by their index in Parts.
type PartSet struct {
	Parts []Part
	// FirstPart is the number of the first of them in the whole application, filled in by the linker.
	FirstPart int32
	// PartOf finds parts that are no methods.
	PartOf map[string]int32
	// Names leads from part to part, Selects from a part to the names of methods or fields it asks values for.
	Names   []PairAt
	Selects []Pair
	// Selectors are those names; a pair of Selects ends in an index here.
	Selectors []string
	// Sets leads from package variables to parts that assign to them.
	Sets []Pair

	// What follows serves the first phase alone: the methods in the order of their declarations, the numbers of
	// selectors, and who noted each last.
	methods        []int32
	selectorOf     map[string]int32
	notedName      []int32
	notedAt        []int32
	notedSelection []int32
}

// BeginParts makes ready to note parts: LoadPart and Nowhere are there from then on.
func (p *PartSet) BeginParts() {
	p.Parts = make([]Part, 2, 16)
	p.PartOf = make(map[string]int32)
	p.selectorOf = make(map[string]int32)
}

// EndParts drops what served to note parts; no more can be noted.
func (p *PartSet) EndParts() {
	p.methods, p.selectorOf, p.notedName, p.notedAt, p.notedSelection = nil, nil, nil, nil, nil
}

// PartName is the part as source.Package names it: Name, or Receiver.Name for a method; "" for LoadPart.
func (p *PartSet) PartName(part int32) string {
	if receiver := p.Parts[part].Receiver; receiver != "" {
		return receiver + "." + p.Parts[part].Name
	}
	return p.Parts[part].Name
}

func (p *PartSet) add(part Part) int32 {
	p.Parts = append(p.Parts, part)
	return int32(len(p.Parts) - 1)
}

// Declare adds the part of a variable, a type or a function.
func (p *PartSet) Declare(file *File, name string, at Span) {
	if name == "_" && p.PartOf[UnnamedPart] != 0 {
		return
	}
	p.PartOf[name] = p.add(Part{Name: name, File: file, At: at})
}

// DeclareMethod adds the part of a method.
func (p *PartSet) DeclareMethod(file *File, receiver, name string, at Span) {
	p.methods = append(p.methods, p.add(Part{Receiver: receiver, Name: name, File: file, At: at}))
}

// FuncPart is the part of a function or method; methods are asked for in the order of their declarations.
func (p *PartSet) FuncPart(isMethod bool, name string) int32 {
	if isMethod {
		part := p.methods[0]
		p.methods = p.methods[1:]
		return part
	}
	return p.PartOf[name] // none for init
}

// Leads notes that a part names another, once for each; the result is its index in Names.
func (p *PartSet) Leads(name PairAt) int {
	if p.notedName == nil {
		p.notedName, p.notedAt = make([]int32, len(p.Parts)), make([]int32, len(p.Parts))
	}
	if p.notedName[name.To] == name.From+1 {
		noted := p.notedAt[name.To]
		p.Names[noted].Hold = min(p.Names[noted].Hold, name.Hold)
		return int(noted)
	}
	p.notedName[name.To], p.notedAt[name.To] = name.From+1, int32(len(p.Names))
	p.Names = append(p.Names, name)
	return len(p.Names) - 1
}

// Asks notes that a part calls a method of that name, or asks for a field.
func (p *PartSet) Asks(part int32, name string) {
	selector, ok := p.selectorOf[name]
	if !ok {
		selector = int32(len(p.Selectors))
		p.selectorOf[name] = selector
		p.Selectors = append(p.Selectors, name)
		p.notedSelection = append(p.notedSelection, 0)
	}
	if p.notedSelection[selector] != part+1 {
		p.notedSelection[selector] = part + 1
		p.Selects = append(p.Selects, Pair{part, selector})
	}
}
