"""How IAM decides, where moto 5.2.1 lets through what AWS refuses or refuses what AWS lets through.

With enforcement on, moto looks at the policies of the caller's role. Mended here: it knows the resource of few services,
takes no notice of conditions, asks for no right to the key that something is encrypted with, SNS delivers into any queue,
and S3 tells everybody which objects there are not. What the policy of a registry denies is denied. Still nobody looks at
trust policies of services, permissions boundaries, and resource policies of a queue, a topic, a key or a secret when a role
of the same account calls; every request counts as sent over TLS.
"""

import json
import re
from urllib.parse import parse_qs, unquote, urlsplit

from moto.awslambda.responses import LambdaResponse
from moto.cloudwatch.responses import CloudWatchResponse
from moto.core.authorization import ActionAuthenticatorMixin
from moto.core.exceptions import JsonRESTError
from moto.ecr.models import ecr_backends
from moto.ecr.responses import ECRResponse
from moto.ecs.models import ecs_backends
from moto.ecs.responses import EC2ContainerServiceResponse
from moto.iam.access_control import IAMPolicyStatement, IAMRequest, IAMRequestBase, PermissionResult
from moto.kms.models import kms_backends
from moto.kms.responses import KmsResponse
from moto.logs.models import LogsBackend
from moto.logs.responses import LogsResponse
from moto.s3.models import FakeDeleteMarker
from moto.s3.responses import ACTION_MAP, S3Response
from moto.secretsmanager.responses import SecretsManagerResponse
from moto.sns.models import Subscription
from moto.sns.responses import SNSResponse
from moto.sqs.models import sqs_backends
from moto.sqs.responses import SQSResponse

# Services that sign as one name and are another in policies, and an action that is called by another name.
PREFIXES = {"monitoring": "cloudwatch"}
ACTIONS = {"lambda:Invoke": "lambda:InvokeFunction"}


class Target(str):
    """The ARN a request is about, with what AWS knows besides it."""

    def __new__(cls, arn, keys=None, also=(), policy=None):
        target = super().__new__(cls, arn)
        target.keys = keys or {}  # the condition keys that AWS fills in
        target.also = also  # further (action, Target) that the caller must be allowed
        target.policy = policy  # of the resource itself: what it denies is denied to everybody it speaks of
        return target


def listed(value):
    return value if isinstance(value, list) else [value]


def like(pattern, text):
    """Wildcards of policies: * for any characters, ? for one."""
    expression = "".join({"*": ".*", "?": "."}.get(character) or re.escape(character) for character in pattern)
    return re.fullmatch(expression, text, re.DOTALL) is not None


def arn_like(pattern, text):
    """Each of the six parts of an ARN is compared by itself: a wildcard does not reach beyond a colon, but in the last part."""
    patterns, parts = pattern.split(":", 5), text.split(":", 5)
    return len(patterns) == len(parts) and all(like(*pair) for pair in zip(patterns, parts))


OPERATORS = {
    "ArnEquals": arn_like,  # AWS documents that it behaves as ArnLike
    "ArnLike": arn_like,
    "Bool": lambda wanted, got: str(wanted).lower() == got,
    "StringEquals": lambda wanted, got: wanted == got,
    "StringLike": like,
}


def holds(condition, keys):
    """Whether every line of a condition holds. A key that the request has not makes it fail, unless it asks IfExists."""
    known = {name.lower(): value for name, value in keys.items()} | {"aws:securetransport": "true"}
    for operator, lines in condition.items():
        if operator == "ArnNotLike":  # which a key that the request has not makes hold
            if any(arn_like(value, known.get(key.lower(), "")) for key, wanted in lines.items() for value in listed(wanted)):
                return False
            continue
        compare = OPERATORS.get(operator.removesuffix("IfExists"))
        if compare is None:
            raise NotImplementedError(f"condition operator {operator}")
        for key, wanted in lines.items():
            got = known.get(key.lower())
            if got is None and operator.endswith("IfExists"):
                continue
            if got is None or not any(compare(value, got) for value in listed(wanted)):
                return False
    return True


def addressed(principal, service):
    """Whether a statement speaks of the caller: an AWS service by its name, or with None a role of the account."""
    if principal is None or principal == "*":
        return True
    return "*" in listed(principal.get("AWS", [])) or service in listed(principal.get("Service", []))


def verdict(statement, action, target, service=None):
    for element in ("NotAction", "NotPrincipal", "NotResource"):
        if element in statement:
            raise NotImplementedError(f"policy element {element}")
    concerned = (
        addressed(statement.get("Principal"), service)
        and any(like(pattern.lower(), action.lower()) for pattern in listed(statement["Action"]))
        and any(like(pattern, target) for pattern in listed(statement.get("Resource", "*")))  # a trust policy names none
        and holds(statement.get("Condition", {}), getattr(target, "keys", {}))
    )
    if not concerned:
        return PermissionResult.NEUTRAL
    return PermissionResult.PERMITTED if statement["Effect"] == "Allow" else PermissionResult.DENIED


def allows(policy, action, target, service):
    verdicts = [verdict(statement, action, target, service) for statement in json.loads(policy or "{}").get("Statement", [])]
    return PermissionResult.PERMITTED in verdicts and PermissionResult.DENIED not in verdicts


def evaluate_whole_statements():
    """AWS reads a statement as a whole. moto matches dots as wildcards, and takes any condition for true."""
    trusting = IAMPolicyStatement.is_action_permitted

    def is_action_permitted(self, action, resource="*", principal=None, incoming_condition_values=None):
        if principal is not None:  # a trust policy, which has no resource
            return trusting(self, action, resource, principal, incoming_condition_values)
        return verdict(self._statement, action, resource)

    permitted = IAMRequestBase.check_action_permitted

    def caller(self):
        """The ARN of the role that calls, with its path; of an administrator the user's."""
        role = getattr(self._access_key, "_owner_role_name", None)
        return self.backend.get_role(role).arn if role else self._access_key.arn

    def check_action_permitted(self, resource):
        service, name = self._action.split(":", 1)
        action = f"{PREFIXES.get(service, service)}:{name}"
        self._action = ACTIONS.get(action, action)
        permitted(self, resource)
        policy = getattr(resource, "policy", None)
        if policy:
            asked = Target(resource, {"aws:PrincipalArn": caller(self)})
            if any(verdict(statement, self._action, asked) == PermissionResult.DENIED for statement in json.loads(policy)["Statement"]):
                self._raise_access_denied()
        for self._action, target in getattr(resource, "also", ()):
            permitted(self, target)

    IAMPolicyStatement.is_action_permitted = is_action_permitted
    IAMRequestBase.check_action_permitted = check_action_permitted


def found_key(account, region, name):
    """
    The key of an id, an ARN or an alias; None for those that AWS keeps, which any caller of the account may use, and for
    those that nobody has made: modules are tested one by one, with keys that are names alone.
    """
    if not name or "alias/aws/" in name:
        return None
    try:
        return kms_backends[account][region].describe_key(name)
    except KeyError:
        return None


def with_key(response, service, name, actions, context=None):
    """What the caller must be allowed to do with the key that something is encrypted with, by way of the service."""
    key = found_key(response.current_account, response.region, name)
    if key is None:
        return ()
    keys = {"kms:ViaService": f"{service}.{response.region}.amazonaws.com", **(context or {})}
    return tuple((f"kms:{action}", Target(key.arn, keys)) for action in actions)


def name_resources():
    """Policies name resources. moto compares the requests of these services with * alone."""

    def of_topic(self):
        arn = self._get_param("TopicArn") or self._get_param("TargetArn") or "*"
        topic = self.backend.topics.get(arn)
        publishes = topic is not None and self._get_action() in ("Publish", "PublishBatch")
        return Target(arn, also=with_key(self, "sns", topic.kms_master_key_id, ("GenerateDataKey", "Decrypt")) if publishes else ())

    queue_arn = SQSResponse._determine_resource
    queue_rights = {"ReceiveMessage": ("Decrypt",), "SendMessage": ("GenerateDataKey", "Decrypt")}

    def of_queue(self):
        if self._get_action() == "GetQueueUrl":  # which names the queue in another way, and is asked before it is looked for
            return f"arn:aws:sqs:{self.region}:{self.current_account}:{self._get_param('QueueName')}"
        arn = queue_arn(self)
        rights = queue_rights.get(self._get_action())
        if arn == "*" or not rights:
            return arn
        queue = self.sqs_backend.get_queue(arn.split(":")[-1])
        return Target(arn, also=with_key(self, "sqs", queue.kms_master_key_id, rights))

    def of_secret(self):
        name = self._get_param("SecretId")
        secret = self.backend.secrets.get(name) if name else None
        if secret is None:
            return name or "*"
        # AWS Secrets Manager User Guide, "Secret encryption and decryption in AWS Secrets Manager".
        rights = {"GetSecretValue": ("Decrypt",), "PutSecretValue": ("GenerateDataKey", "Decrypt")}.get(self._get_action())
        if not rights:
            return secret.arn
        context = {"kms:EncryptionContext:SecretARN": secret.arn}
        return Target(secret.arn, also=with_key(self, "secretsmanager", secret.kms_key_id, rights, context))

    def of_key(self):
        key = self._get_param("KeyId")
        if not key and self._get_action() == "Decrypt":
            # A ciphertext of moto begins with the id of its key, as AWS's tells KMS which one it is.
            key = bytes(self._get_param("CiphertextBlob"))[:36].decode()
        found = found_key(self.current_account, self.region, key)
        return found.arn if found else "*"

    def of_metrics(self):
        return Target("*", {"cloudwatch:namespace": self._get_param("Namespace") or ""})

    def of_function(self):
        name = re.search(r"/functions/([^/?]+)", self.path)
        function = self.backend.get_function(unquote(name.group(1))) if name else None
        return function.function_arn if function else "*"

    def of_repository(self):
        name = self._get_param("repositoryName")
        if not name:
            return "*"
        found = ecr_backends[self.current_account][self.region].repositories.get(name)
        return Target(f"arn:aws:ecr:{self.region}:{self.current_account}:repository/{name}", policy=found.policy if found else None)

    def of_logs(self):
        group, stream = self._get_param("logGroupName"), self._get_param("logStreamName")
        arn = f"arn:aws:logs:{self.region}:{self.current_account}:log-group:{group}"
        return "*" if not group else f"{arn}:log-stream:{stream}" if stream else f"{arn}:*"

    def of_task(self):
        """
        RunTask is asked for the task definition, in the cluster; for the two roles that it hands to the tasks; and for their tags,
        where it gives them some (Amazon ECS Developer Guide, "Grant permission to tag resources on creation"; Service Authorization
        Reference, "Actions, resources, and condition keys for Amazon Elastic Container Service").
        """
        if self._get_action() != "RunTask":
            return "*"
        backend = ecs_backends[self.current_account][self.region]
        cluster = self._get_param("cluster", "default").split("/")[-1]
        definition = backend.describe_task_definition(self._get_param("taskDefinition"))
        arn = f"arn:aws:ecs:{self.region}:{self.current_account}"
        passed = [getattr(definition, name, None) for name in ("execution_role_arn", "task_role_arn")]
        also = [("iam:PassRole", Target(role, {"iam:PassedToService": "ecs-tasks.amazonaws.com"})) for role in passed if role]
        if self._get_param("tags") or self._get_param("propagateTags") == "TASK_DEFINITION":
            also.append(("ecs:TagResource", Target(f"{arn}:task/{cluster}/*", {"ecs:CreateAction": "RunTask", "ecs:cluster": f"{arn}:cluster/{cluster}"})))
        return Target(definition.arn, {"ecs:cluster": f"{arn}:cluster/{cluster}"}, also=also)

    for response, resource in (
        (EC2ContainerServiceResponse, of_task),
        (ECRResponse, of_repository),
        (LogsResponse, of_logs),
        (LambdaResponse, of_function),
        (SNSResponse, of_topic),
        (SQSResponse, of_queue),
        (SecretsManagerResponse, of_secret),
        (KmsResponse, of_key),
        (CloudWatchResponse, of_metrics),
    ):
        response._determine_resource = resource


def believe_signed_addresses():
    """Who has a signed address acts as who signed it. moto reads the header alone; the signature of an address is not checked."""
    create, check = IAMRequestBase.__init__, IAMRequestBase.check_signature

    def created(self, account_id, method, path, data, body, headers, action):
        signed = {name: values[0] for name, values in parse_qs(urlsplit(path).query).items()}
        self.signed_address = "Authorization" not in headers and "X-Amz-Credential" in signed
        if self.signed_address:
            headers = {**dict(headers), "Authorization": f"AWS4-HMAC-SHA256 Credential={signed['X-Amz-Credential']}, SignedHeaders=host, Signature=0"}
            if "X-Amz-Security-Token" in signed:
                headers["X-Amz-Security-Token"] = signed["X-Amz-Security-Token"]
        create(self, account_id, method, path, data, body, headers, action)

    def checked(self):
        if not self.signed_address:
            check(self)

    IAMRequestBase.__init__, IAMRequestBase.check_signature = created, checked


def name_actions_of_buckets():
    """
    What is asked of a bucket is called by the rights that it takes (Service Authorization Reference, "Actions, resources, and
    condition keys for Amazon S3"). moto takes what it does not know for listing and making one.
    """
    ACTION_MAP["BUCKET"]["HEAD"]["DEFAULT"] = "ListBucket"
    for parameter, right in (
        ("encryption", "EncryptionConfiguration"),
        ("ownershipControls", "BucketOwnershipControls"),
        ("publicAccessBlock", "BucketPublicAccessBlock"),
    ):
        ACTION_MAP["BUCKET"]["GET"][parameter] = f"Get{right}"
        ACTION_MAP["BUCKET"]["PUT"][parameter] = ACTION_MAP["BUCKET"]["DELETE"][parameter] = f"Put{right}"


def refuse_in_the_callers_protocol():
    """
    A service that is asked in JSON refuses in JSON, with status 400 (each service's API Reference, "Common Errors"). moto answers all
    of them in the XML of IAM, which SDKs with a strict parser cannot read.
    """
    refuse = IAMRequest._raise_access_denied

    def refused(self):
        if "X-Amz-Target" in self._headers:
            raise JsonRESTError("AccessDeniedException", f"User: {self._access_key.arn} is not authorized to perform: {self._action}")
        refuse(self)

    IAMRequest._raise_access_denied = refused


def is_missing(bucket, name, version):
    """Whether a bucket has no object of that name, or not that version of it."""
    versions = bucket.keys.getlist(name, default=[])
    if version:
        return all(str(key.version_id) != version for key in versions)
    return not versions or isinstance(bucket.keys[name], FakeDeleteMarker)


def ask_as_s3_does():
    """
    S3 opens and makes data keys in the caller's name. And it tells that there is no object of a name to those alone who may
    list the bucket; others are refused (Amazon S3 API Reference, "GetObject", "HeadObject").
    """
    decide = ActionAuthenticatorMixin._authenticate_and_authorize_action
    rights = {
        ("GET", "GetObject"): ("Decrypt",),
        ("GET", "GetObjectVersion"): ("Decrypt",),
        ("PUT", "PutObject"): ("GenerateDataKey",),
        ("POST", "PutObject"): ("GenerateDataKey", "Decrypt"),
    }

    def decided(self, request, resource="*"):
        name, _, key = resource.removeprefix("arn:aws:s3:::").partition("/")
        action, asked = self._get_action(), parse_qs(urlsplit(self.uri).query, keep_blank_values=True)
        bucket = self.backend.buckets.get(name)
        if bucket is not None and action == "ListBucket":
            resource = Target(resource, {"s3:prefix": asked["prefix"][0]} if "prefix" in asked else None)
        elif bucket is not None and action in ("GetObject", "GetObjectVersion") and is_missing(bucket, key, asked.get("versionId", [""])[0]):
            resource = Target(resource, also=(("s3:ListBucket", Target(f"arn:aws:s3:::{name}")),))
        elif bucket is not None and bucket.encryption:
            default = bucket.encryption["Rule"]["ApplyServerSideEncryptionByDefault"]
            actions = rights.get((self.method, action), ())
            resource = Target(resource, also=with_key(self, "s3", default.get("KMSMasterKeyID"), actions))
        decide(self, request, resource)

    S3Response._authenticate_and_authorize_action = decided


def encrypt_logs_where_keys_let_in():
    """CloudWatch Logs takes a key for a log group that lets it in for that group. moto takes any."""
    create = LogsBackend.create_log_group

    def created(self, log_group_name, tags, **named):
        key = found_key(self.account_id, self.region_name, named.get("kmsKeyId"))
        arn = f"arn:aws:logs:{self.region_name}:{self.account_id}:log-group:{log_group_name}"
        service = f"logs.{self.region_name}.amazonaws.com"
        used = ("Decrypt", "DescribeKey", "Encrypt", "GenerateDataKey", "GenerateDataKeyWithoutPlaintext", "ReEncryptFrom", "ReEncryptTo")
        if key is not None and not all(
            allows(key.policy, f"kms:{action}", Target(key.arn, {"kms:EncryptionContext:aws:logs:arn": arn}), service) for action in used
        ):
            raise JsonRESTError("AccessDeniedException", f"The specified KMS key does not exist or is not allowed to be used with LogGroup '{arn}'")
        return create(self, log_group_name, tags, **named)

    LogsBackend.create_log_group = created


def lets_in(arn, source, service):
    """Whether a queue, and the key that it is encrypted with, take a message of a service of AWS that sends for a source."""
    _, _, _, region, account, name = arn.split(":")
    queue = sqs_backends[account][region].queues.get(name)
    keys = {"aws:SourceArn": source, "aws:SourceAccount": source.split(":")[4]}
    if queue is None or not allows(queue.policy, "sqs:SendMessage", Target(arn, keys), service):
        return False
    key = found_key(account, region, queue.kms_master_key_id)
    return key is None or all(
        allows(key.policy, action, Target(key.arn, {"aws:SourceArn": source}), service) for action in ("kms:GenerateDataKey", "kms:Decrypt")
    )


def deliver_where_policies_let_in():
    """
    SNS delivers into a queue that lets the topic in and whose key opens for SNS, otherwise into the subscription's dead letters.
    The queue's policy sees the topic and its account, the key's the topic alone: nothing else is documented to reach KMS (Amazon
    SQS Developer Guide, "Key management", "Configure AWS KMS permissions with confused deputy protection").
    """
    publish = Subscription.publish
    service = "sns.amazonaws.com"

    def published(self, *arguments, **named):
        if self.protocol != "sqs" or lets_in(self.endpoint, self.topic.arn, service):
            return publish(self, *arguments, **named)
        dead_letters = json.loads(self.attributes.get("RedrivePolicy") or "{}").get("deadLetterTargetArn")
        if not dead_letters or not lets_in(dead_letters, self.topic.arn, service):
            return None
        endpoint, self.endpoint = self.endpoint, dead_letters
        try:
            return publish(self, *arguments, **named)
        finally:
            self.endpoint = endpoint

    Subscription.publish = published


def apply():
    ask_as_s3_does()
    believe_signed_addresses()
    deliver_where_policies_let_in()
    encrypt_logs_where_keys_let_in()
    evaluate_whole_statements()
    name_actions_of_buckets()
    name_resources()
    refuse_in_the_callers_protocol()
