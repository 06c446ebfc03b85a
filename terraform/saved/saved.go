// Package saved keeps the plans of an environment's stacks in one file, so that what was approved in one place is what is applied in
// another. With each plan goes what binds it: an apply that finds anything of it changed has to refuse the file.
//
// A plan holds secrets in clear, so that the file is for its owner's eyes alone, and can be encrypted for keys of age. Of what is in
// it only the engine's own saved plans are ever applied, and what is shown before that is read from them: the descriptions as JSON
// are for other programs.
package saved

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"filippo.io/age"
)

// Format is the shape of the file. It changes when an older program could misread it.
const Format = 1

// Manifest is what a file is about, and what binds its plans.
type Manifest struct {
	Format      int    `json:"format"`
	App         string `json:"app"`
	Environment string `json:"environment"`
	Account     string `json:"account"`
	Region      string `json:"region"`
	// Engine is "terraform" or "tofu".
	Engine        string `json:"engine"`
	EngineVersion string `json:"engine_version"`
	// Groundplan is the version of the program that made it.
	Groundplan string    `json:"groundplan"`
	Made       time.Time `json:"made"`
	// Stacks are in the order in which they are applied. A stack that could not be planned is not among them.
	Stacks []Stack `json:"stacks"`
}

// Stack is what binds the plan of one stack.
type Stack struct {
	Name string `json:"name"`
	// Configuration is a hash over the code, see Configuration.
	Configuration string `json:"configuration"`
	// Providers are their versions, by source.
	Providers map[string]string `json:"providers"`
	// Lineage and Serial are those of the state; zero where there was none.
	Lineage string `json:"lineage"`
	Serial  uint64 `json:"serial"`
	// Variables are what the plan was given.
	Variables map[string]string `json:"variables,omitempty"`
	// Changes: there is something to apply.
	Changes bool `json:"changes"`
}

// Stack is the stack of that name, nil when the file holds no plan of it.
func (m *Manifest) Stack(name string) *Stack {
	for i := range m.Stacks {
		if m.Stacks[i].Name == name {
			return &m.Stacks[i]
		}
	}
	return nil
}

// Contents are the plans of a stack: as the engine saved it, and as it describes it.
type Contents struct {
	Plan, JSON []byte
}

// Archive is what a file holds.
type Archive struct {
	Manifest Manifest
	// Stacks are by name.
	Stacks map[string]Contents
}

// The members of the file.
const (
	manifestName = "manifest.json"
	planName     = "plan.tfplan"
	jsonName     = "plan.json"
)

// ageHeader begins what age has encrypted.
const ageHeader = "age-encryption.org/v1"

// RefusedError is why a file is not used, with what to do about it.
type RefusedError struct {
	Message, Hint string
}

func (r *RefusedError) Error() string { return r.Message }

// Recipients are keys of age that a file is encrypted for: age1...
func Recipients(keys []string) ([]age.Recipient, error) {
	var recipients []age.Recipient
	for _, key := range keys {
		parsed, err := age.ParseRecipients(strings.NewReader(key))
		if err != nil || len(parsed) != 1 {
			return nil, &RefusedError{fmt.Sprintf("%q is no public key of age", key), "age-keygen -o key.txt makes a key, and prints its public part: age1..."}
		}
		recipients = append(recipients, parsed[0])
	}
	return recipients, nil
}

// Write writes a file that its owner alone can read, or leaves what was there as it is. With recipients it is encrypted.
func Write(path string, archive Archive, recipients []age.Recipient) (err error) {
	file, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*") // which makes it 0600
	if err != nil {
		return fmt.Errorf("write the plan: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("write the plan: %w", err), os.Remove(file.Name()))
		}
	}()
	if err := encode(file, archive, recipients); err != nil {
		return errors.Join(err, file.Close())
	}
	if err := file.Close(); err != nil {
		return err
	}
	return os.Rename(file.Name(), path)
}

func encode(out io.Writer, archive Archive, recipients []age.Recipient) error {
	if len(recipients) == 0 {
		return pack(out, archive)
	}
	encrypted, err := age.Encrypt(out, recipients...)
	if err != nil {
		return err
	}
	if err := pack(encrypted, archive); err != nil {
		return err
	}
	return encrypted.Close()
}

func pack(out io.Writer, archive Archive) error {
	archive.Manifest.Format = Format
	manifest, err := json.MarshalIndent(archive.Manifest, "", "  ")
	if err != nil {
		return err
	}
	packed := zip.NewWriter(out)
	add := func(name string, content []byte) error {
		member, err := packed.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: archive.Manifest.Made})
		if err != nil {
			return err
		}
		_, err = member.Write(content)
		return err
	}
	if err := add(manifestName, append(manifest, '\n')); err != nil {
		return err
	}
	for _, stack := range archive.Manifest.Stacks {
		contents := archive.Stacks[stack.Name]
		if err := add(stack.Name+"/"+planName, contents.Plan); err != nil {
			return err
		}
		if err := add(stack.Name+"/"+jsonName, contents.JSON); err != nil {
			return err
		}
	}
	return packed.Close()
}

// Read reads a file. Identity is a file with secret keys of age, "" for none; a file that is not encrypted needs none.
func Read(path, identity string) (*Archive, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &RefusedError{fmt.Sprintf("there is no plan %s", path), "groundplan plan --out " + path + " makes it"}
	}
	if err != nil {
		return nil, fmt.Errorf("read the plan: %w", err)
	}
	if bytes.HasPrefix(text, []byte(ageHeader)) {
		if text, err = decrypt(path, text, identity); err != nil {
			return nil, err
		}
	}
	archive, err := unpack(text)
	var refusal *RefusedError
	if err != nil && !errors.As(err, &refusal) {
		return nil, &RefusedError{fmt.Sprintf("%s is no plan that groundplan saved, or it is damaged: %v", path, err), "make it again: groundplan plan --out " + path}
	}
	return archive, err
}

func decrypt(path string, text []byte, identity string) ([]byte, error) {
	if identity == "" {
		return nil, &RefusedError{fmt.Sprintf("%s is encrypted", path), "name the file with the key that opens it: --identity FILE"}
	}
	file, err := os.Open(identity)
	if err != nil {
		return nil, fmt.Errorf("read the key: %w", err)
	}
	defer file.Close()
	keys, err := age.ParseIdentities(file)
	if err != nil {
		// What is in the file is a secret: the error may quote it.
		return nil, &RefusedError{fmt.Sprintf("%s holds no secret key of age", identity), "age-keygen -o key.txt makes one"}
	}
	var none *age.NoIdentityMatchError
	reader, err := age.Decrypt(bytes.NewReader(text), keys...)
	if errors.As(err, &none) {
		return nil, &RefusedError{fmt.Sprintf("%s is encrypted for another key than %s", path, identity), "it was made for the keys that --encrypt-to named"}
	}
	if err == nil {
		text, err = io.ReadAll(reader)
	}
	if err != nil {
		return nil, &RefusedError{fmt.Sprintf("%s is damaged: %v", path, err), "make it again: groundplan plan --out " + path}
	}
	return text, nil
}

func unpack(text []byte) (*Archive, error) {
	packed, err := zip.NewReader(bytes.NewReader(text), int64(len(text)))
	if err != nil {
		return nil, err
	}
	archive := &Archive{Stacks: map[string]Contents{}}
	read := func(name string) ([]byte, error) {
		member, err := packed.Open(name)
		if err != nil {
			return nil, err
		}
		content, err := io.ReadAll(member)
		return content, errors.Join(err, member.Close())
	}
	manifest, err := read(manifestName)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(manifest, &archive.Manifest); err != nil {
		return nil, err
	}
	if archive.Manifest.Format != Format {
		return nil, &RefusedError{fmt.Sprintf("the plan has format %d, and this groundplan reads %d", archive.Manifest.Format, Format),
			"apply it with the groundplan that made it: " + archive.Manifest.Groundplan}
	}
	for _, stack := range archive.Manifest.Stacks {
		if slices.Contains([]string{"", ".", ".."}, stack.Name) || strings.ContainsAny(stack.Name, `/\`) {
			return nil, fmt.Errorf("stack %q", stack.Name)
		}
		var contents Contents
		if contents.Plan, err = read(stack.Name + "/" + planName); err != nil {
			return nil, err
		}
		if contents.JSON, err = read(stack.Name + "/" + jsonName); err != nil {
			return nil, err
		}
		archive.Stacks[stack.Name] = contents
	}
	return archive, nil
}
