package kinds

import (
	"slices"
	"sort"

	"github.com/groundplan/groundplan/generator/value"
)

// useKey lets the process use the environment's key by way of a service in these ways, once however many resources need it.
func (p *Process) useKey(service string, actions ...string) {
	p.useKeyBy("key_"+service, keyUses[service], service, value.Traversal("local.platform.key_arn"), actions)
}

// useOwnersKey lets the process use the key that the owner of something that exists encrypts it with, once however much
// is encrypted with it. label and comment are about the thing; ref is the key's ARN in the services stack.
func (p *Process) useOwnersKey(arn, label, comment string, ref value.Value, service string, actions ...string) {
	if arn == p.Env.KeyARN {
		p.useKey(service, actions...)
		return
	}
	by := [2]string{arn, service}
	name, known := p.ownersKeys[by]
	if !known {
		name = "key_of_" + label
		if p.ownersKeys == nil {
			p.ownersKeys = map[[2]string]string{}
		}
		p.ownersKeys[by] = name
		p.useKeyBy(name, comment+" is encrypted with a key of its owner's", service, ref, actions)
		return
	}
	p.useKeyBy(name, "and so is "+comment, service, ref, actions)
}

// useKeyBy adds to the statement of that name, or makes it. The condition keeps the process from opening with the key what
// it was handed past the service, such as a copied backup: each service asks KMS with the rights of its caller
// (AWS KMS Developer Guide, "kms:ViaService").
func (p *Process) useKeyBy(name, comment, service string, key value.Value, actions []string) {
	for i := range p.Permissions {
		permission := &p.Permissions[i]
		if permission.Name != name {
			continue
		}
		if permission.Comment != comment {
			permission.Comment += ", " + comment
		}
		permission.Actions = append(permission.Actions, actions...)
		sort.Strings(permission.Actions)
		permission.Actions = slices.Compact(permission.Actions)
		return
	}
	p.Permissions = append(p.Permissions, Permission{
		Name: name, Comment: comment, Actions: actions, Resources: []value.Value{key},
		Conditions: []Condition{{Test: "StringEquals", Variable: "kms:ViaService", Values: []string{service + "." + p.Env.Region + ".amazonaws.com"}}},
	})
}
