"""Repairs of moto 5.2.1: places where it contradicts AWS's documentation, mended so that terraform can go on.

A repaired answer is as good as any other answer of moto. What merely repeats a field of the request belongs to
echoes.py, because it proves nothing.
"""

import json

from moto.applicationautoscaling.responses import ApplicationAutoScalingResponse
from moto.awslambda.models import LambdaBackend
from moto.cloudfront.models import Distribution, ViewerCertificate
from moto.ec2.models.security_groups import SecurityGroupRule
from moto.core.responses import ActionResult, BaseResponse
from moto.core.utils import utcnow
from moto.ecs.exceptions import InvalidParameterException
from moto.ecs.models import EC2ContainerServiceBackend, Service
from moto.ecs.responses import EC2ContainerServiceResponse
from moto.moto_api._internal import mock_random
from moto.s3.exceptions import S3AccessDeniedError
from moto.s3.models import FakeDeleteMarker, s3_backends
from moto.s3.responses import S3Response
from moto.sqs.models import Queue


# Whether somebody else runs what is desired, and says so with the hook "service".
deployments_are_held = False


def run_what_is_desired():
    """
    ECS starts as many tasks as a service desires, and an update of what they are is a deployment of its own. moto never
    starts one, so a deployment never ends, and knows one alone.
    """
    create, update = Service.__init__, EC2ContainerServiceBackend.update_service

    def completed(service):
        if deployments_are_held:
            return
        service.running_count, service.pending_count = service.desired_count, 0
        for deployment in service.deployments:
            deployment.update(runningCount=service.desired_count, pendingCount=0, rolloutState="COMPLETED")

    def created(self, *arguments, **named):
        create(self, *arguments, **named)
        completed(self)

    def updated(self, properties):
        before = self._get_service(properties.get("cluster", "default"), properties["service"].split("/")[-1]).task_definition
        service = update(self, properties)
        if service.task_definition != before and service.deployments:
            last, id = service.deployments[0], f"ecs-svc/{mock_random.randint(10**18, 10**19 - 1)}"
            deployment = {
                **last,
                "createdAt": utcnow(),
                "id": id,
                "pendingCount": 0,
                "rolloutState": "IN_PROGRESS",
                "rolloutStateReason": f"ECS deployment {id} in progress.",
                "runningCount": 0,
                "taskDefinition": service.task_definition,
                "updatedAt": utcnow(),
            }
            service.deployments = [deployment, {**last, "status": "ACTIVE"}] if deployments_are_held else [deployment]
        completed(service)
        return service

    Service.__init__, EC2ContainerServiceBackend.update_service = created, updated


def run_tasks_by_strategy():
    """
    A task runs on the capacity providers that its strategy names, which the cluster must have, and without a launch type (Amazon ECS
    API Reference, "RunTask"). moto takes no notice of the strategy, and looks for machines with as much memory as each container
    names, which none has to where the task does (Amazon ECS Developer Guide, "Amazon ECS task definition parameters for Fargate").
    """
    run = EC2ContainerServiceResponse.run_task
    EC2ContainerServiceBackend._calculate_task_resource_requirements = staticmethod(
        lambda _: {"CPU": 0, "MEMORY": 0, "PORTS": [], "PORTS_UDP": []}
    )

    def ran(self):
        strategy = self._get_param("capacityProviderStrategy")
        if not strategy:
            return run(self)
        if self._get_param("launchType"):
            raise InvalidParameterException("Specifying both a launch type and capacity provider strategy is not supported.")
        name = self._get_param("cluster", "default")
        if unknown := {item["capacityProvider"] for item in strategy} - set(self.ecs_backend._get_cluster(name).capacity_providers or []):
            raise InvalidParameterException(
                "The specified capacity provider strategy cannot contain a capacity provider that is not associated with the cluster: "
                + ", ".join(sorted(unknown))
            )
        tasks = self.ecs_backend.run_task(
            name,
            self._get_param("taskDefinition"),
            self._get_int_param("count", 1),
            self._get_param("overrides"),
            self._get_param("startedBy"),
            self._get_param("tags"),
            "FARGATE",
            self._get_param("networkConfiguration"),
            self._get_param("group"),
            self._get_param("platformVersion"),
        )
        return ActionResult({"tasks": tasks, "failures": []})

    EC2ContainerServiceResponse.run_task = ran


def describe_rules_between_groups():
    """The description of a rule that names another group is part of that reference. moto looks for it at ranges only."""

    def description(self):
        return self.ip_range.get("Description") or (self.source_group or {}).get("Description")

    SecurityGroupRule.description = property(description)


def tag_scalable_targets():
    """Application Auto Scaling lists, adds and removes tags. moto has none of the three."""

    def tags_of(self):
        # Kept in the backend, so that they belong to one account and region.
        return self.applicationautoscaling_backend.__dict__.setdefault("tags_by_arn", {}).setdefault(
            self._get_param("ResourceARN"), {}
        )

    def list_tags_for_resource(self):
        return json.dumps({"Tags": tags_of(self)})

    def tag_resource(self):
        tags_of(self).update(self._get_param("Tags") or {})
        return "{}"

    def untag_resource(self):
        for key in self._get_param("TagKeys") or []:
            tags_of(self).pop(key, None)
        return "{}"

    register = ApplicationAutoScalingResponse.register_scalable_target

    def register_scalable_target(self):
        answer = register(self)
        dimension, resource = self._get_param("ScalableDimension"), self._get_param("ResourceId")
        target = self.applicationautoscaling_backend.targets[dimension][resource]
        backend = self.applicationautoscaling_backend
        backend.__dict__.setdefault("tags_by_arn", {}).setdefault(target.arn, {}).update(self._get_param("Tags") or {})
        return answer

    for action in (list_tags_for_resource, tag_resource, untag_resource, register_scalable_target):
        setattr(ApplicationAutoScalingResponse, action.__name__, action)


def keep_redrive_allow_policies():
    """SQS keeps which queues may send their dead letters, and hands policies back compact. moto forgets the one and puts blanks into the other."""
    Queue.BASE_ATTRIBUTES = [*Queue.BASE_ATTRIBUTES, "RedriveAllowPolicy"]
    Queue.redrive_allow_policy = None
    attributes = Queue.attributes.fget

    def compacted(self):
        result = attributes(self)
        for name in ("RedrivePolicy", "RedriveAllowPolicy"):
            value = result.get(name)
            if not value:
                result.pop(name, None)
                continue
            result[name] = json.dumps(json.loads(value) if isinstance(value, str) else value, separators=(",", ":"))
        return result

    Queue.attributes = property(compacted)


def name_queues():
    """A queue is at the same URL for everybody. moto makes one of the address it was asked at, which another start changes."""
    Queue.url = lambda self, _: f"https://sqs.{self.region}.amazonaws.com/{self.account_id}/{self.name}"


def name_distributions():
    """CloudFront is everywhere: the place of the region in a distribution's ARN is empty. moto leaves the place out."""
    create = Distribution.__init__

    def created(self, account_id, *arguments, **named):
        create(self, account_id, *arguments, **named)
        self.arn = self.arn.replace(f":cloudfront:{account_id}:", f":cloudfront::{account_id}:")

    Distribution.__init__ = created


def leave_out_certificates():
    """With CloudFront's own certificate there is no choice of how to tell hosts apart. moto names one all the same."""
    create = ViewerCertificate.__init__

    def created(self, config):
        create(self, config)
        if not self.acm_certificate_arn and not self.iam_certificate_id:
            self.ssl_support_method = None

    ViewerCertificate.__init__ = created


def rehearse_functions():
    """A dry run of a function asks whether one may run it, and runs nothing. moto looks for a container engine."""
    invoke = LambdaBackend.invoke

    def invoked(self, function_name, qualifier, body, headers, response_headers):
        if headers.get("X-Amz-Invocation-Type") != "DryRun":
            return invoke(self, function_name, qualifier, body, headers, response_headers)
        return b"" if self.get_function(function_name, qualifier) else None

    LambdaBackend.invoke = invoked


def dispose_of_delete_markers():
    """The mark of a deletion can be deleted like any version. moto looks for contents to throw away, which a mark has not."""
    FakeDeleteMarker.dispose = lambda self: None


def let_others_in():
    """There are more accounts than one. moto takes everybody for the one it is told of, even who says to be of another."""
    known = BaseResponse.get_current_account
    BaseResponse.get_current_account = lambda self: self.headers.get("x-moto-account-id") or known(self)


def tell_owners_of_buckets():
    """
    Whoever says which account a bucket has to be of is refused when it is another's (Amazon S3 User Guide, "Verifying bucket
    ownership with bucket owner condition"). moto takes no notice of what was said.
    """
    decide = S3Response._authenticate_and_authorize_s3_action

    def decided(self, bucket_name=None, *arguments, **named):
        decide(self, bucket_name, *arguments, **named)
        expected = self.request.headers.get("x-amz-expected-bucket-owner")
        owner = s3_backends.bucket_accounts.get(bucket_name or self.bucket_name)
        if expected and owner and owner[1] != expected:
            raise S3AccessDeniedError

    S3Response._authenticate_and_authorize_s3_action = decided


def apply():
    describe_rules_between_groups()
    dispose_of_delete_markers()
    keep_redrive_allow_policies()
    leave_out_certificates()
    let_others_in()
    name_distributions()
    name_queues()
    rehearse_functions()
    run_tasks_by_strategy()
    run_what_is_desired()
    tag_scalable_targets()
    tell_owners_of_buckets()
