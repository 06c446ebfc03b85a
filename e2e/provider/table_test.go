package provider

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"strings"
	"testing"
)

// tableText is a table in which everything occurs that a table can say.
const tableText = `# heading
data aws_x {
  id string
}
resource aws_x {
  arn
  name! string
  old~ set(string)
  computed= {
    value
  }
  either? {
    port number
  }
  nested! {
    deep {
      on bool
    }
  }
}
`

func TestTableIsReadAsItIsWritten(t *testing.T) {
	table, err := ReadTable(strings.NewReader(tableText))
	if err != nil {
		t.Fatal(err)
	}
	var again strings.Builder
	if err := table.Write(&again, "heading"); err != nil {
		t.Fatal(err)
	}
	if again.String() != tableText {
		t.Errorf("got\n%s", again.String())
	}
	for _, broken := range []string{"name string\n", "resource aws_x {\n"} {
		if _, err := ReadTable(strings.NewReader(broken)); err == nil {
			t.Errorf("%q is read as a table", broken)
		}
	}
}

// program and declarations are written the way the bindings are, for a type that is in none.
const program = `"use strict";
function gateThingPartsToTerraform(struct) {
    return {
        size: cdktn.numberToTerraform(struct.size),
    };
}
function gateThingPartsToHclTerraform(struct) {
    const attrs = {
        size: {
            value: cdktn.numberToHclTerraform(struct.size),
            isBlock: false,
            type: "simple",
            storageClassType: "number",
        },
    };
    return attrs;
}
class GateThingPartsOutputReference extends cdktn.ComplexObject {
    get size() {
        return this.getNumberAttribute('size');
    }
}
class GateThingAddressesOutputReference extends cdktn.ComplexObject {
    get ipAddress() {
        return this.getStringAttribute('ip_address');
    }
}
class GateThing extends cdktn.TerraformResource {
    get arn() {
        return this.getStringAttribute('arn');
    }
    _addresses = new GateThingAddressesList(this, "addresses", false);
    synthesizeAttributes() {
        return {};
    }
    synthesizeHclAttributes() {
        const attrs = {
            the_name: {
                value: cdktn.stringToHclTerraform(this._theName),
                isBlock: false,
                type: "simple",
                storageClassType: "string",
            },
            roles: {
                value: cdktn.listMapperHcl(cdktn.stringToHclTerraform, false)(this._roles),
                isBlock: false,
                type: "set",
                storageClassType: "stringList",
            },
            parts: {
                value: cdktn.listMapperHcl(gateThingPartsToHclTerraform, true)(this._parts.internalValue),
                isBlock: true,
                type: "list",
                storageClassType: "GateThingPartsList",
            },
        };
        return attrs;
    }
}
`

const declarationsText = `export interface GateThingConfig extends cdktn.TerraformMetaArguments {
    /**
    * Docs at Terraform Registry: {@link https://registry.terraform.io/providers/hashicorp/aws/6.66.0/docs/resources/gate_thing#the_name GateThing#the_name}
    */
    readonly theName: string;
    /**
    * Docs at Terraform Registry: {@link https://registry.terraform.io/providers/hashicorp/aws/6.66.0/docs/resources/gate_thing#roles GateThing#roles}
    *
    * Some more words.
    */
    readonly roles?: string[];
    /**
    * parts block
    *
    * Docs at Terraform Registry: {@link https://registry.terraform.io/providers/hashicorp/aws/6.66.0/docs/resources/gate_thing#parts GateThing#parts}
    */
    readonly parts?: GateThingParts[] | cdktn.IResolvable;
}
export interface GateThingParts {
    /**
    * Docs at Terraform Registry: {@link https://registry.terraform.io/providers/hashicorp/aws/6.66.0/docs/resources/gate_thing#size GateThing#size}
    */
    readonly size: number;
}
`

func TestReadBindings(t *testing.T) {
	var archive bytes.Buffer
	packed := gzip.NewWriter(&archive)
	writer := tar.NewWriter(packed)
	for name, content := range map[string]string{
		"package/lib/gate-thing/index.js": program, "package/lib/gate-thing/index.d.ts": declarationsText, "package/lib/other/index.js": "broken",
	} {
		if err := writer.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(content))}); err != nil {
			t.Fatal(err)
		}
		if _, err := writer.Write([]byte(content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	if err := packed.Close(); err != nil {
		t.Fatal(err)
	}
	table, err := ReadBindings(&archive, []string{"resource aws_gate_thing", "resource aws_missing"})
	if err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	if err := table.Write(&got, "bindings"); err != nil {
		t.Fatal(err)
	}
	want := `# bindings
resource aws_gate_thing {
  arn
  roles set(string)
  the_name! string
  addresses= {
    ip_address
  }
  parts {
    size! number
  }
}
`
	if got.String() != want {
		t.Errorf("got\n%s\nwant\n%s", got.String(), want)
	}
}
