package survey

import (
	"slices"
	"strings"

	"github.com/groundplan/groundplan/blueprint"
	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/environment/rule"
	"github.com/groundplan/groundplan/generator/kinds"
	"github.com/groundplan/groundplan/generator/kinds/cron"
	"github.com/groundplan/groundplan/generator/kinds/database"
	"github.com/groundplan/groundplan/generator/kinds/objects"
	"github.com/groundplan/groundplan/generator/kinds/topic"
	"github.com/groundplan/groundplan/generator/names"
)

func (s *survey) loadBalancer() *blueprint.LoadBalancer {
	if !s.Env.Exposed() {
		return nil
	}
	return &blueprint.LoadBalancer{
		Name: names.Of(names.LoadBalancer, s.Env.App, s.Env.Name), Output: s.output(app.LoadBalancer), Internal: s.Env.Internal, IdleTimeoutSeconds: s.Env.IdleTimeoutSeconds, WebACLARN: s.Env.WebACLARN,
	}
}

func (s *survey) network() blueprint.Network {
	network := blueprint.Network{
		Name: s.calls[app.Network.String()].Text("name"), Port: s.NetworkPort(), StoragePorts: kinds.StoragePorts(s.Deployment), OutboundPorts: s.Env.OutboundPorts, Endpoints: s.endpoints(), UnusableZone: rule.UnusableZone(s.Env.Region),
	}
	if !slices.ContainsFunc(s.Env.DatabaseServers, func(server environment.DatabaseServer) bool { return server.Existing == nil }) {
		network.StoragePorts = slices.DeleteFunc(network.StoragePorts, func(port int) bool { return port == database.Kind.StoragePort })
	}
	if existing := s.Env.Network; existing != nil {
		network.VPCID, network.PublicSubnetIDs, network.ComputeSubnetIDs, network.StorageSubnetIDs = existing.VPCID, existing.PublicSubnetIDs, existing.ComputeSubnetIDs, existing.StorageSubnetIDs
	}
	return network
}

// endpoints are the AWS services that processes cannot do without.
func (s *survey) endpoints() []string {
	list := []string{"ecr.api", "ecr.dkr", "logs", "secretsmanager"}
	if len(s.Of(topic.Kind.Name)) > 0 {
		list = append(list, "sns", "sqs")
	}
	if s.Env.Metrics.Destination == "cloudwatch" {
		list = append(list, "monitoring")
	}
	if s.Env.Sessions() {
		list = append(list, rule.SessionEndpoints...)
	}
	slices.Sort(list)
	return list
}

func (s *survey) key() blueprint.Key {
	if s.Env.KeyARN == "" {
		call := s.calls[app.EncryptionKey.String()]
		return blueprint.Key{Alias: keyAlias(call.Text("name")), DeletionDays: call.Number("deletion_window_days")}
	}
	return blueprint.Key{ARN: s.Env.KeyARN, LogGroups: kinds.KeyLogGroups(s.Deployment), Topics: kinds.KeyTopics(s.Deployment)}
}

// shown are the public buckets that CloudFront stands in front of.
func (s *survey) shown() []app.Resource {
	return slices.DeleteFunc(slices.Clone(s.Of(objects.Kind.Name)), func(r app.Resource) bool { return !objects.Shown(s.Env)(r) })
}

func (s *survey) domains() []blueprint.Domain {
	if s.Env.Domain == "" {
		return nil
	}
	env := s.Env
	list := []blueprint.Domain{{Name: env.Domain, ZoneID: env.HostedZoneID, PrivateZoneID: env.PrivateZoneID}}
	for _, name := range s.Subdomains() {
		domain := blueprint.Domain{Name: name, ZoneID: env.HostedZoneID, PrivateZoneID: env.PrivateZoneID}
		for _, service := range s.App.Services {
			if c := service.Container; c != nil && c.Public && c.Subdomain != "" && env.DomainOf(c) == name {
				domain.Service = service.Name
				break
			}
		}
		list = append(list, domain)
	}
	for _, alias := range env.Aliases {
		list = append(list, blueprint.Domain{Name: alias.Domain, ZoneID: alias.HostedZoneID, PrivateZoneID: alias.PrivateZoneID, Redirect: alias.Redirect})
	}
	for _, r := range s.shown() {
		if name := objects.ShownDomain(env, r); name != "" {
			list = append(list, blueprint.Domain{Name: name, ZoneID: env.HostedZoneID, Bucket: r.Name})
		}
	}
	return list
}

// zones are those in which names are answered or certificates proven.
func (s *survey) zones() []blueprint.Zone {
	env := s.Env
	ids, proving := []string{env.HostedZoneID}, map[string]bool{}
	made := env.CertificateARN == "" && env.Exposed()
	proving[env.HostedZoneID] = made || env.CDNCertificateARN == "" && len(s.shown()) > 0
	for _, alias := range env.Aliases {
		ids = append(ids, alias.HostedZoneID)
		proving[alias.HostedZoneID] = proving[alias.HostedZoneID] || made
	}
	var list []blueprint.Zone
	for _, id := range slices.Compact(slices.Sorted(slices.Values(ids))) {
		if id != "" {
			list = append(list, blueprint.Zone{ID: id, Proves: proving[id]})
		}
	}
	for _, id := range env.PrivateZones() {
		list = append(list, blueprint.Zone{ID: id, Private: true})
	}
	return list
}

// certificates are those that exist, and those that are made.
func (s *survey) certificates() []blueprint.Certificate {
	var list []blueprint.Certificate
	if s.Env.CertificateARN != "" || s.Env.Domain != "" && s.Env.Exposed() {
		covered := append([]string{s.Env.Domain}, s.Subdomains()...)
		for _, alias := range s.Env.Aliases {
			covered = append(covered, alias.Domain)
		}
		list = append(list, blueprint.Certificate{ARN: s.Env.CertificateARN, Names: covered})
	}
	shown := s.shown()
	if s.Env.CDNCertificateARN != "" && len(shown) > 0 {
		return append(list, blueprint.Certificate{ARN: s.Env.CDNCertificateARN, Names: []string{"*." + s.Env.Domain}, CDN: true})
	}
	for _, r := range shown {
		if name := objects.ShownDomain(s.Env, r); name != "" {
			list = append(list, blueprint.Certificate{Names: []string{name}, CDN: true})
		}
	}
	return list
}

func (s *survey) access() blueprint.Access {
	env := s.Env
	access := blueprint.Access{
		AlarmTopicARNs: env.AlarmTopicARNs, PermissionsBoundary: env.PermissionsBoundary, RoleServices: s.roleServices(),
		RegistryRoles: slices.Compact(slices.Sorted(slices.Values(slices.Concat(env.DeployRoleARNs, env.PullRoleARNs)))),
	}
	if len(s.shown()) > 0 {
		access.CDNWebACLARN = env.CDNWebACLARN
	}
	for _, p := range env.Processes {
		access.SecurityGroupIDs = append(access.SecurityGroupIDs, p.SecurityGroupIDs...)
	}
	access.SecurityGroupIDs = slices.Compact(slices.Sorted(slices.Values(access.SecurityGroupIDs)))
	return access
}

// roleServices are the services of AWS of which some role of the environment may use something, as IAM spells them.
func (s *survey) roleServices() []string {
	list := []string{"ecr", "kms", "logs", "secretsmanager"}
	if len(s.Of(topic.Kind.Name)) > 0 {
		list = append(list, "sns", "sqs")
	}
	if len(s.Of(objects.Kind.Name)) > 0 {
		list = append(list, "s3")
	}
	if s.Env.Metrics.Destination == "cloudwatch" {
		list = append(list, "cloudwatch")
	}
	for _, r := range s.Of(cron.Kind.Name) {
		list = append(list, "sqs")
		if r.Spec.(*cron.Spec).StartsJob {
			list = append(list, "ecs", "iam")
		} else {
			list = append(list, "ec2", "lambda") // the function's network interfaces
		}
	}
	if s.Env.Sessions() {
		list = append(list, "ssmmessages")
	}
	return slices.Compact(slices.Sorted(slices.Values(list)))
}

// arnName is the name at the end of an ARN.
func arnName(arn string) string { return arn[strings.LastIndex(arn, ":")+1:] }
