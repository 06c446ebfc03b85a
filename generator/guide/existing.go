package guide

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"github.com/groundplan/groundplan/generator/app"
	"github.com/groundplan/groundplan/generator/deploy"
	"github.com/groundplan/groundplan/generator/environment"
	"github.com/groundplan/groundplan/generator/kinds"
)

// broughtItems says of everything an environment brings what its owner has to see to: nothing here changes it. Markdown,
// one list item each.
func broughtItems(d *deploy.Deployment) []string {
	var items []string
	if d.Env.Network != nil {
		items = append(items, existingNetwork(d))
	}
	items = append(items, existingCertificates(d)...)
	if d.Env.KeyARN != "" {
		items = append(items, existingKey(d))
	}
	for _, bucket := range d.Env.ExistingBuckets {
		items = append(items, existingBucket(d, bucket))
	}
	for _, topic := range d.Env.ExistingTopics {
		items = append(items, existingTopic(d, topic))
	}
	for _, server := range d.Env.DatabaseServers {
		if e := server.Existing; e != nil {
			items = append(items, fmt.Sprintf("Database server `%s` stands for %q: PostgreSQL at `%s:%d`, which speaks TLS with a certificate for that name. "+
				"The services stack adds a rule to its security group `%s` for each process that uses it, and takes it away again. All processes together open at most %d connections. "+
				"Backups, upgrades, alarms and its size are its owner's.", e.Address, server.Name, e.Address, e.Port, e.SecurityGroupID, e.MaxConnections))
		}
	}
	return append(items, existingAccess(d)...)
}

// existingTopic asks for the alarms of a topic as well: SNS counts what it cannot deliver by topic, and a queue that gets
// nothing raises none.
func existingTopic(d *deploy.Deployment, topic environment.ExistingTopic) string {
	text := fmt.Sprintf("Topic `%s` stands for %q. The platform stack adds its queues to it as subscribers, and takes them away again. Its policy must not deny the account's roles `sns:Publish`, nor its administrators `sns:Subscribe`.", topic.ARN, topic.Topic)
	if slices.ContainsFunc(d.Of(kinds.Subscriptions.Name), func(r app.Resource) bool { return r.Parent == topic.Topic }) {
		text += fmt.Sprintf(" SNS counts deliveries that fail by topic, so that the alarms are its owner's: the sum of `NumberOfNotificationsFailed` above 0 is a queue that does not let messages in, "+
			"that of `NumberOfNotificationsFailedToRedriveToDlq` messages that are lost, both in `AWS/SNS` with the dimension `TopicName` `%s`. Without them nobody learns of either.",
			topic.ARN[strings.LastIndex(topic.ARN, ":")+1:])
	}
	return text + keyNote(topic.KeyARN)
}

// existingAccess is about what stands at the edges of an environment: who is told of alarms, filters requests, bounds or uses
// its roles, and whose images and security groups its tasks have.
func existingAccess(d *deploy.Deployment) []string {
	env := d.Env
	var items []string
	list := func(names []string) string { return "`" + strings.Join(names, "`, `") + "`" }
	if len(env.AlarmTopicARNs) > 0 {
		items = append(items, fmt.Sprintf("Topics for alarms %s. Their policies let CloudWatch of this account in, or its alarms: where they name neither the account nor `cloudwatch.amazonaws.com`, an alarm goes off and nobody hears of it. "+
			"The key of one that is encrypted admits `cloudwatch.amazonaws.com` to `kms:Decrypt` and `kms:GenerateDataKey*`, which the key `alias/aws/sns` cannot.", list(env.AlarmTopicARNs)))
	}
	if env.WebACLARN != "" && env.Exposed() {
		items = append(items, fmt.Sprintf("Web ACL `%s`. What its rules block never reaches the application. AWS refuses to delete it while the load balancer has it.", env.WebACLARN))
	}
	if env.CDNWebACLARN != "" && slices.ContainsFunc(d.Of(kinds.Buckets.Name), kinds.Shown(env)) {
		items = append(items, fmt.Sprintf("Web ACL `%s` for CloudFront. Its rules say who sees the public buckets.", env.CDNWebACLARN))
	}
	if env.PermissionsBoundary != "" {
		items = append(items, fmt.Sprintf("Policy `%s` bounds every role that is made. It allows what their own policies do, of these services: %s, and of those that an override names. What it leaves out they lack: tasks do not start, or calls are refused.", env.PermissionsBoundary, list(boundedServices(d))))
	}
	if roles := slices.Compact(slices.Sorted(slices.Values(slices.Concat(env.DeployRoleARNs, env.PullRoleARNs)))); len(roles) > 0 {
		items = append(items, fmt.Sprintf("Roles %s. The registry's policy names them; their own allow `ecr:GetAuthorizationToken`, and those of another account what they do with the repository `%s` as well.", list(roles), deploy.RegistryName(env)))
	}
	for _, image := range privateImages(d) {
		items = append(items, fmt.Sprintf("Image `%s`. The policy of its repository lets the execution roles of this environment's tasks pull (`ecr:BatchGetImage`, `ecr:GetDownloadUrlForLayer`) when it is another account's; no lifecycle rule lets it expire.", image))
	}
	if groups := furtherGroups(env); len(groups) > 0 {
		items = append(items, fmt.Sprintf("Security groups %s, in the VPC of the environment. Their rules add to what tasks may reach and be reached by; AWS refuses to delete one while tasks have it.", list(groups)))
	}
	return items
}

// boundedServices are the services of AWS of which some role of an environment may use something, as IAM spells them.
func boundedServices(d *deploy.Deployment) []string {
	services := []string{"ecr", "kms", "logs", "secretsmanager"}
	if len(d.Of(kinds.Topics.Name)) > 0 {
		services = append(services, "sns", "sqs")
	}
	if len(d.Of(kinds.Buckets.Name)) > 0 {
		services = append(services, "s3")
	}
	if d.Env.Metrics.Destination == "cloudwatch" {
		services = append(services, "cloudwatch")
	}
	for _, r := range d.Of(kinds.Crons.Name) {
		services = append(services, "sqs")
		if r.Spec.(*kinds.Cron).StartsJob {
			services = append(services, "ecs", "iam")
		} else {
			services = append(services, "ec2", "lambda") // the function's network interfaces
		}
	}
	for _, override := range d.Env.Overrides {
		if slices.ContainsFunc(override.Arguments, func(a environment.Argument) bool { return a.Name == "exec" && a.Value.RawEquals(cty.True) }) {
			services = append(services, "ssmmessages")
		}
	}
	return slices.Compact(slices.Sorted(slices.Values(services)))
}

// privateImages are the images of ECR that are not in the environment's own registry, sorted.
func privateImages(d *deploy.Deployment) []string {
	images := []string{d.Env.HelperImage}
	for _, service := range d.App.Services {
		if service.Container != nil {
			images = append(images, service.Container.Image)
		}
	}
	return slices.DeleteFunc(slices.Compact(slices.Sorted(slices.Values(images))), func(image string) bool {
		return !deploy.PrivateImage.MatchString(image) || deploy.KeptTag(d.Env, image) != ""
	})
}

// furtherGroups are the security groups that tasks have besides their own, sorted.
func furtherGroups(env *environment.Environment) []string {
	var groups []string
	for _, process := range env.Processes {
		groups = append(groups, process.SecurityGroupIDs...)
	}
	return slices.Compact(slices.Sorted(slices.Values(groups)))
}

func existingNetwork(d *deploy.Deployment) string {
	network := d.Env.Network
	lines := []string{fmt.Sprintf("Network `%s`. DNS resolution and DNS host names of the VPC are switched on: processes find each other by a private zone, which is made. "+
		"Security groups are made and say who may talk to whom; network ACLs and routes are the owner's, and have to let this pass:", network.VPCID)}
	ids := func(list []string) string { return "`" + strings.Join(list, "`, `") + "`" }
	clients, way, internet := "the private ranges", "80", ""
	if d.Env.Domain != "" {
		way = "80 and 443"
	}
	if !d.Env.Internal {
		clients, internet = "everywhere", " and with a route to an internet gateway"
	}
	callers, entered := "the public and the compute subnets", ""
	switch {
	case d.Env.Exposed() && len(network.PublicSubnetIDs) == 0:
		// The load balancer stands among the processes.
		callers, entered = "the compute subnets", fmt.Sprintf(", and TCP %s in from %s, for the load balancer", way, clients)
	case d.Env.Exposed():
		lines = append(lines, fmt.Sprintf("  - Public subnets %s, each in a zone of its own%s: TCP %s in from %s, TCP %d out to the compute subnets, and the answers to both (ports 1024 to 65535).",
			ids(network.PublicSubnetIDs), internet, way, clients, d.NetworkPort()))
	}
	var servers []string
	for _, server := range d.Env.DatabaseServers {
		if server.Existing != nil {
			servers = append(servers, fmt.Sprintf(", TCP %d out to the database server %q", server.Existing.Port, server.Name))
		}
	}
	ports := kinds.StoragePorts(d)
	if !slices.ContainsFunc(d.Env.DatabaseServers, func(server environment.DatabaseServer) bool { return server.Existing == nil }) {
		ports = slices.DeleteFunc(ports, func(port int) bool { return port == kinds.Databases.StoragePort })
	}
	if len(ports) > 0 {
		servers = append(servers, fmt.Sprintf(", TCP %s out to the storage subnets", numbers(ports)))
	}
	// Network ACLs know no connections: what goes from one compute subnet to another leaves the one and enters the other.
	lines = append(lines, fmt.Sprintf("  - Compute subnets %s, without a route to an internet gateway: TCP %d in from %s and out to the compute subnets%s%s; TCP %s out by a NAT gateway, "+
		"or else interface endpoints with private DNS for %s, a gateway endpoint for S3, and a copy of the helper image (see below); the answers to all of it.",
		ids(network.ComputeSubnetIDs), d.NetworkPort(), callers, entered, strings.Join(servers, ""), numbers(d.Env.OutboundPorts), endpoints(d)))
	if len(ports) > 0 {
		lines = append(lines, fmt.Sprintf("  - Storage subnets %s, in two zones or more and without a route to the internet: TCP %s in from the compute subnets, and the answers.",
			ids(network.StorageSubnetIDs), numbers(ports)))
	}
	if zone := environment.UnusableZone(d.Env.Region); zone != "" {
		lines = append(lines, fmt.Sprintf("  - No subnet lies in the zone with the id `%s`, which lacks Fargate, functions in a VPC or load balancers; its letter differs between accounts.", zone))
	}
	return strings.Join(lines, "\n")
}

// endpoints are the AWS services that processes cannot do without.
func endpoints(d *deploy.Deployment) string {
	names := []string{"ecr.api", "ecr.dkr", "logs", "secretsmanager"}
	if len(d.Of(kinds.Topics.Name)) > 0 {
		names = append(names, "sns", "sqs")
	}
	if d.Env.Metrics.Destination == "cloudwatch" {
		names = append(names, "monitoring")
	}
	slices.Sort(names)
	return "`" + strings.Join(names, "`, `") + "`"
}

func numbers(list []int) string {
	return strings.Trim(strings.ReplaceAll(fmt.Sprint(list), " ", ", "), "[]")
}

func existingCertificates(d *deploy.Deployment) []string {
	var items []string
	names := func(list []string) string { return "`" + strings.Join(list, "`, `") + "`" }
	if d.Env.CertificateARN != "" {
		all := append([]string{d.Env.Domain}, d.Subdomains()...)
		for _, alias := range d.Env.Aliases {
			all = append(all, alias.Domain)
		}
		text := fmt.Sprintf("Certificate `%s`. It is issued, covers %s, and is renewed by its owner.", d.Env.CertificateARN, names(all))
		if elsewhere := d.Env.NamesWithoutZone(); len(elsewhere) > 0 {
			text += fmt.Sprintf(" DNS is kept elsewhere: once the platform is applied, point %s to the name that "+
				"`terraform -chdir=%s/platform output -json load_balancer | jq -r .dns_name` prints, by a CNAME record or an alias.", names(elsewhere), d.Env.Name)
		}
		items = append(items, text)
	}
	for _, zone := range publicZones(d) {
		text := fmt.Sprintf("Zone `%s`. It is public, in this account, and its name servers are those that its parent names. Records of the environment's names are made there, and no others of these names stand in it.", zone.id)
		if zone.proves {
			text += " ACM proves certificates by records there and asks for them from outside: an apply waits 75 minutes for what nobody can see. CAA records, where there are any, name `amazon.com`."
		}
		items = append(items, text)
	}
	if zones := d.Env.PrivateZones(); len(zones) > 0 {
		vpc := "the one that is made (`terraform -chdir=" + d.Env.Name + "/platform output -json network | jq -r .vpc_id`)"
		if d.Env.Network != nil {
			vpc = "`" + d.Env.Network.VPCID + "`"
		}
		items = append(items, fmt.Sprintf("Private zone %s. Records of the load balancer are written there. It answers the VPCs that it is associated with: those of all callers, "+
			"and %s when processes call the application by its name (`aws route53 associate-vpc-with-hosted-zone`).", names(zones), vpc))
	}
	public := slices.ContainsFunc(d.Of(kinds.Buckets.Name), kinds.Shown(d.Env))
	if d.Env.CDNCertificateARN != "" && public {
		text := fmt.Sprintf("Certificate `%s` for CloudFront. It is issued, covers `*.%s`, and is renewed by its owner.", d.Env.CDNCertificateARN, d.Env.Domain)
		if d.Env.HostedZoneID == "" {
			text += " Each public bucket has a name under the domain: point it to the name of its distribution, which `aws cloudfront list-distributions` prints."
		}
		items = append(items, text)
	}
	return items
}

// keyStatement is one statement of a key's policy, in the order in which people read one.
type keyStatement struct {
	Sid       string
	Effect    string
	Principal map[string]any
	Action    []string
	Resource  string
	Condition map[string]map[string][]string `json:",omitempty"`
}

// existingKey spells out the statements a key's policy needs: those that the module encryption-key gives to its own.
func existingKey(d *deploy.Deployment) string {
	account := strings.Split(d.Env.KeyARN, ":")[4]
	arns := func(service, kind string, names []string) []string {
		var list []string
		for _, name := range names {
			list = append(list, fmt.Sprintf("arn:aws:%s:%s:%s:%s%s", service, d.Env.Region, account, kind, name))
		}
		return list
	}
	statements := []keyStatement{
		{Sid: "AccountDecidesByPolicy", Principal: map[string]any{"AWS": "arn:aws:iam::" + account + ":root"}, Action: []string{"kms:*"}},
		{
			Sid: "LogGroups", Principal: map[string]any{"Service": "logs." + d.Env.Region + ".amazonaws.com"},
			Action:    []string{"kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext", "kms:ReEncryptFrom", "kms:ReEncryptTo"},
			Condition: map[string]map[string][]string{"ArnLike": {"kms:EncryptionContext:aws:logs:arn": arns("logs", "log-group:", kinds.KeyLogGroups(d))}},
		},
	}
	if topics := kinds.KeyTopics(d); len(topics) > 0 {
		statements = append(statements, keyStatement{
			Sid: "TopicsFeedQueues", Principal: map[string]any{"Service": "sns.amazonaws.com"}, Action: []string{"kms:Decrypt", "kms:GenerateDataKey"},
			Condition: map[string]map[string][]string{"ArnLike": {"aws:SourceArn": arns("sns", "", topics)}},
		})
	}
	for i := range statements {
		statements[i].Effect, statements[i].Resource = "Allow", "*"
	}
	text, err := json.MarshalIndent(statements, "  ", "  ")
	if err != nil {
		panic(err) // texts and lists
	}
	return fmt.Sprintf("Key `%s`. It is a symmetric key for encryption, and its policy has these statements. Deleting it loses everything in this environment.\n\n  ```json\n  %s\n  ```", d.Env.KeyARN, text)
}

func existingBucket(d *deploy.Deployment, bucket environment.ExistingBucket) string {
	text := fmt.Sprintf("Bucket `%s` stands for %q. Its policy must not deny the roles of the processes that use it", bucket.Name, bucket.Bucket)
	if r := d.Resource(kinds.Buckets.Name, "", bucket.Bucket); r != nil && r.Spec.(*kinds.Bucket).Versioned {
		text += ", and versioning is switched on, as the application declares"
	}
	if bucket.KeyPrefix != "" {
		text += fmt.Sprintf(". Objects of the application are under `%s`. A process that reads them could list the names of the others, not their contents: S3 tells only who may list that an object is not there", bucket.KeyPrefix)
	}
	text += ". Pages that upload by signed URLs need their origins in its CORS rules."
	if bucket.PublicBaseURL != "" {
		text += fmt.Sprintf(" Everybody sees its objects at `%s/`, followed by the name that the application gave them.", bucket.PublicBaseURL)
	}
	return text + keyNote(bucket.KeyARN)
}

func keyNote(arn string) string {
	if arn == "" {
		return ""
	}
	return fmt.Sprintf(" The policy of its key `%s` leaves the decision to the account's IAM policies.", arn)
}

// publicZone is a zone in which names are answered or, when proves is set, certificates are proven.
type publicZone struct {
	id     string
	proves bool
}

// publicZones are the zones of an environment that everybody resolves, sorted.
func publicZones(d *deploy.Deployment) []publicZone {
	ids, proving := []string{d.Env.HostedZoneID}, map[string]bool{}
	shows := d.Env.CDNCertificateARN == "" && slices.ContainsFunc(d.Of(kinds.Buckets.Name), kinds.Shown(d.Env))
	proving[d.Env.HostedZoneID] = shows || d.Env.CertificateARN == "" && d.Env.Exposed()
	for _, alias := range d.Env.Aliases {
		ids = append(ids, alias.HostedZoneID)
		if d.Env.CertificateARN == "" && d.Env.Exposed() {
			proving[alias.HostedZoneID] = true
		}
	}
	var zones []publicZone
	for _, id := range slices.Compact(slices.Sorted(slices.Values(ids))) {
		if id != "" {
			zones = append(zones, publicZone{id, proving[id]})
		}
	}
	return zones
}
