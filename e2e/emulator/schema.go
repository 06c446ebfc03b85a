package emulator

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
)

// schemas are what a provider answers to GetSchema, taken apart without being understood: what belongs to one type, and the rest.
type schemas struct {
	rest  []byte // of the provider itself, its functions and what it is able to do
	types []typeSchema
}

// typeSchema is the field of the answer that holds the schema of a resource, a data source or an ephemeral resource.
type typeSchema struct {
	name  string
	field []byte
}

// The fields of the answer that are maps by the name of a type: resources, data sources, ephemeral resources.
var typeFields = []uint64{2, 3, 8}

// of is the answer for some types alone.
func (s *schemas) of(types map[string]bool) []byte {
	answer := slices.Clone(s.rest)
	for _, known := range s.types {
		if types[known.name] {
			answer = append(answer, known.field...)
		}
	}
	return answer
}

// parseSchemas takes an answer apart.
func parseSchemas(answer []byte) (*schemas, error) {
	found := &schemas{}
	for len(answer) > 0 {
		number, content, length, err := protobufField(answer)
		if err != nil {
			return nil, err
		}
		field := answer[:length]
		answer = answer[length:]
		if !slices.Contains(typeFields, number) {
			found.rest = append(found.rest, field...)
			continue
		}
		key, name, _, err := protobufField(content)
		if err != nil || key != 1 || name == nil {
			return nil, errors.Join(fmt.Errorf("schemas of the provider: field %d is no map by name", number), err)
		}
		found.types = append(found.types, typeSchema{string(name), field})
	}
	if len(found.types) == 0 {
		return nil, errors.New("schemas of the provider: it has no types")
	}
	return found, nil
}

// protobufField reads the first field of a message in the encoding of protocol buffers: its number, its content where that is
// bytes, and how many bytes of the message it takes.
func protobufField(message []byte) (number uint64, content []byte, length int, err error) {
	broken := errors.New("schemas of the provider: not a message of protocol buffers")
	tag, used := binary.Uvarint(message)
	if used <= 0 {
		return 0, nil, 0, broken
	}
	value, more := binary.Uvarint(message[used:])
	if more <= 0 {
		return 0, nil, 0, broken
	}
	length = used + more
	switch tag & 7 {
	case 0: // a number
		return tag >> 3, nil, length, nil
	case 2: // bytes
		if value > uint64(len(message)-length) {
			return 0, nil, 0, broken
		}
		end := length + int(value)
		return tag >> 3, message[length:end], end, nil
	}
	return 0, nil, 0, broken
}

// named are the files in which types are named.
var named = []string{".tf", ".hcl", ".json", ".tfstate"}

var awsType = regexp.MustCompile(`\baws_[a-z0-9_]+`)

// typesIn are the types of the AWS provider that a folder, its state included, or a module of this repository names.
func typesIn(folder string) (map[string]bool, error) {
	root, err := Repository()
	if err != nil {
		return nil, err
	}
	types := map[string]bool{}
	for _, tree := range []string{folder, filepath.Join(root, "modules")} {
		err := filepath.WalkDir(tree, func(file string, found fs.DirEntry, err error) error {
			if err != nil || !found.Type().IsRegular() || !slices.Contains(named, filepath.Ext(file)) {
				return err
			}
			content, err := os.ReadFile(file)
			if err != nil {
				return err
			}
			for _, name := range awsType.FindAll(content, -1) {
				types[string(name)] = true
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return types, nil
}
