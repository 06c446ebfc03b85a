package inspect

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/groundplan/groundplan/generator/kinds/kind"
)

// lists are the lists of kinds, which are fields of what they stand in: an object whose fields have an order.
type lists []kind.List

// MarshalJSON prints them as an object.
func (l lists) MarshalJSON() ([]byte, error) {
	fields := make([][]byte, len(l))
	for i, list := range l {
		contents, err := encoded(list.Contents)
		if err != nil {
			return nil, err
		}
		fields[i] = fmt.Appendf(nil, "%q:%s", list.Name, contents)
	}
	return braced(fields), nil
}

// joined prints several objects as one, with the fields of each in turn.
func joined(objects ...any) ([]byte, error) {
	var fields [][]byte
	for _, object := range objects {
		text, err := encoded(object)
		if err != nil {
			return nil, err
		}
		if inner := bytes.TrimSuffix(bytes.TrimPrefix(text, []byte("{")), []byte("}")); len(inner) > 0 {
			fields = append(fields, inner)
		}
	}
	return braced(fields), nil
}

func braced(fields [][]byte) []byte {
	return append(append([]byte("{"), bytes.Join(fields, []byte(","))...), '}')
}

// encoded is a value as JSON for a terminal, where < and > stand for themselves.
func encoded(value any) ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(value)
	return bytes.TrimSpace(out.Bytes()), err
}
