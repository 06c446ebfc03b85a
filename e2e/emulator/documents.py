"""JSON documents that AWS hands back otherwise than they came, where moto 5.2.1 echoes them: what a second plan compares.

Each change has its source. Where nothing is documented the document stays as it was sent: the text of an inline policy of a
role, the redrive policies of subscriptions, the input of a schedule.
"""

import json

from moto.ecr.models import ECRBackend
from moto.ecs.models import TaskDefinition
from moto.iam.models import IAMBackend
from moto.kms.models import Key, KmsBackend
from moto.s3.models import S3Backend
from moto.sns.models import Topic
from moto.sqs.models import Queue


def account_as_arn(principal):
    """The id of an account is its root's ARN (IAM User Guide, "AWS JSON policy elements: Principal")."""
    alone = isinstance(principal, str) and len(principal) == 12 and principal.isdigit()
    return f"arn:aws:iam::{principal}:root" if alone else principal


def as_kept(values):
    """
    A list of one is its value, and an order of more means nothing, which is here the other way round: what the provider takes
    for the same when it compares policies (awspolicyequivalence, "as the AWS endpoints do"; terraform-provider-aws issue 22274
    on the order of principals).
    """
    if not isinstance(values, list):
        return values
    return values[0] if len(values) == 1 else values[::-1]


def kept_policy(text):
    """
    A policy as the services keep that read it, and not only its text: trust policies and those of resources. moto reads some as
    bytes.
    """
    try:
        policy = json.loads(text or "null")
    except ValueError:
        return text  # which is refused by whoever reads it
    if policy is None:
        return text
    statements = policy.get("Statement", [])
    for statement in statements if isinstance(statements, list) else [statements]:
        for element in ("Action", "Resource"):
            if element in statement:
                statement[element] = as_kept(statement[element])
        if isinstance(statement.get("Principal"), dict):
            for kind, named in statement["Principal"].items():
                named = [account_as_arn(one) for one in named] if isinstance(named, list) else account_as_arn(named)
                statement["Principal"][kind] = as_kept(named)
        for lines in statement.get("Condition", {}).values():
            for key, values in lines.items():
                lines[key] = as_kept(values)
    kept = json.dumps(policy)
    return kept.encode() if isinstance(text, bytes) else kept


def keep_policies():
    """Policies of roles' trust, keys, buckets, repositories, topics and queues."""

    def keep(of, name, place):
        original = getattr(of, name)

        def changed(self, *arguments, **named):
            arguments = list(arguments)
            if place[0] in named:
                named[place[0]] = kept_policy(named[place[0]])
            elif len(arguments) > place[1]:
                arguments[place[1]] = kept_policy(arguments[place[1]])
            return original(self, *arguments, **named)

        setattr(of, name, changed)

    keep(IAMBackend, "create_role", ("assume_role_policy_document", 1))
    keep(IAMBackend, "update_assume_role_policy", ("policy_document", 1))
    keep(Key, "__init__", ("policy", 0))
    keep(KmsBackend, "put_key_policy", ("policy", 1))
    keep(S3Backend, "put_bucket_policy", ("policy", 1))
    keep(ECRBackend, "set_repository_policy", ("policy_text", 2))
    for of in (Topic, Queue):
        policy = of.policy
        of.policy = property(policy.fget, lambda self, text, policy=policy: policy.fset(self, kept_policy(text)))


def keep_definitions():
    """
    ECS hands container definitions back in full. Lists that were left out are empty ones, health checks and ports have their
    defaults (Amazon ECS API Reference, "ContainerDefinition", "HealthCheck", "PortMapping"); "add" comes with "drop"
    (terraform-provider-aws compares what is below the top of a container as it is). Variables and secrets come in an order of
    its own, which is here the other way round (terraform-provider-aws, internal/service/ecs/container_definitions.go: "may be
    re-ordered in the API"). moto completes some of the lists at the top.
    """
    create = TaskDefinition.__init__

    def complete(container):
        container.setdefault("systemControls", [])
        for mapping in container.get("portMappings", []):
            mapping.setdefault("protocol", "tcp")
            mapping.setdefault("hostPort", mapping["containerPort"])
        capabilities = container.get("linuxParameters", {}).get("capabilities")
        if capabilities is not None:
            capabilities.setdefault("add", [])
            capabilities.setdefault("drop", [])
        if "healthCheck" in container:
            for name, value in (("interval", 30), ("timeout", 5), ("retries", 3)):
                container["healthCheck"].setdefault(name, value)
        for name in ("environment", "secrets"):
            if name in container:
                container[name] = container[name][::-1]

    def created(self, *arguments, **named):
        create(self, *arguments, **named)
        for container in self.container_definitions:
            complete(container)

    TaskDefinition.__init__ = created


def keep_lifecycles():
    """
    ECR keeps rules by priority, and lists of tags without an order (terraform-provider-aws,
    internal/service/ecr/lifecycle_policy.go, compares neither).
    """
    put = ECRBackend.put_lifecycle_policy

    def kept(self, registry_id, repository_name, lifecycle_policy_text):
        put(self, registry_id, repository_name, lifecycle_policy_text)  # which refuses what is wrong
        policy = json.loads(lifecycle_policy_text)
        policy["rules"].sort(key=lambda rule: rule["rulePriority"])
        for rule in policy["rules"]:
            for name in ("tagPrefixList", "tagPatternList"):
                if name in rule["selection"]:
                    rule["selection"][name] = rule["selection"][name][::-1]
        return put(self, registry_id, repository_name, json.dumps(policy, separators=(",", ":")))

    ECRBackend.put_lifecycle_policy = kept


def apply():
    keep_definitions()
    keep_lifecycles()
    keep_policies()
