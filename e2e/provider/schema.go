package provider

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	tfjson "github.com/hashicorp/terraform-json"
	"github.com/zclconf/go-cty/cty"
)

// ReadSchemas makes a table of the wanted types from what `terraform providers schema -json` prints of the AWS provider.
func ReadSchemas(text []byte, wanted []string) (Table, error) {
	schemas := &tfjson.ProviderSchemas{}
	if err := json.Unmarshal(text, schemas); err != nil {
		return nil, fmt.Errorf("schemas of providers: %w", err)
	}
	table := Table{}
	for name, schema := range schemas.Schemas {
		if !strings.HasSuffix(name, "/hashicorp/aws") {
			continue
		}
		for kind, declarations := range map[string]map[string]*tfjson.Schema{
			"resource": schema.ResourceSchemas, "data": schema.DataSourceSchemas, "ephemeral": schema.EphemeralResourceSchemas,
			"provider": {"aws": schema.ConfigSchema},
		} {
			for label, declared := range declarations {
				if name := kind + " " + label; slices.Contains(wanted, name) {
					table[name] = readSchema(declared.Block)
				}
			}
		}
	}
	return table, nil
}

func readSchema(schema *tfjson.SchemaBlock) *Block {
	block := newBlock()
	for name, attribute := range schema.Attributes {
		written := attribute.Required || attribute.Optional
		if objects := objectOf(attribute.AttributeType); objects != nil {
			block.Blocks[name] = objectBlock(*objects, written)
			continue
		}
		kind := ""
		if written {
			kind = "object"
			if attribute.AttributeType != cty.NilType {
				kind = schemaType(attribute.AttributeType)
			}
		}
		block.Attributes[name] = Attribute{Type: kind, Required: attribute.Required, Deprecated: attribute.Deprecated}
	}
	for name, nested := range schema.NestedBlocks {
		if name == "endpoints" {
			continue // see ReadBindings
		}
		block.Blocks[name] = readSchema(nested.Block)
		block.Blocks[name].Required = nested.MinItems > 0
	}
	return block
}

// objectOf is the object that a type is or is a collection of, nil when there is none.
func objectOf(kind cty.Type) *cty.Type {
	for kind != cty.NilType && kind.IsCollectionType() {
		kind = kind.ElementType()
	}
	if kind == cty.NilType || !kind.IsObjectType() {
		return nil
	}
	return &kind
}

// objectBlock is an attribute that holds objects: one that is written may be written as blocks as well.
func objectBlock(kind cty.Type, written bool) *Block {
	block := newBlock()
	block.ReadOnly, block.Argument = !written, written
	for name, attribute := range kind.AttributeTypes() {
		switch objects := objectOf(attribute); {
		case objects != nil:
			block.Blocks[name] = objectBlock(*objects, written)
		case written:
			block.Attributes[name] = Attribute{Type: schemaType(attribute)}
		default:
			block.Attributes[name] = Attribute{}
		}
	}
	return block
}

func schemaType(kind cty.Type) string {
	switch {
	case kind == cty.DynamicPseudoType:
		return "dynamic"
	case kind.IsObjectType() || kind.IsTupleType():
		return "object"
	case kind.IsListType():
		return "list(" + schemaType(kind.ElementType()) + ")"
	case kind.IsSetType():
		return "set(" + schemaType(kind.ElementType()) + ")"
	case kind.IsMapType():
		return "map(" + schemaType(kind.ElementType()) + ")"
	default:
		return kind.FriendlyName()
	}
}
