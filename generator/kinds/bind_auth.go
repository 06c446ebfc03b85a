package kinds

import "github.com/groundplan/groundplan/generator/value"

// WireServiceAuth hands every process the key.
func WireServiceAuth(p *Process) {
	p.Secrets = append(p.Secrets, Secret{
		Variable: serviceAuthVariable,
		ARN:      value.Traversal("local.platform." + serviceAuthLabel + "_arn"),
		Comment:  "signs and verifies calls between processes",
	})
	p.Config["auth"] = value.List(value.Object(
		Arg("type", value.String("key")),
		Arg("id", value.Int(serviceAuthKeyID)),
		Arg("key", fromVariable(serviceAuthVariable)),
	))
}
