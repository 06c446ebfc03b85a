"""Repairs of moto 5.2.1: places where it contradicts AWS's documentation, mended so that terraform can go on.

A repaired answer is as good as any other answer of moto. What merely repeats a field of the request belongs to
echoes.py, because it proves nothing.
"""

import json

from moto.applicationautoscaling.responses import ApplicationAutoScalingResponse
from moto.ec2.models.security_groups import SecurityGroupRule
from moto.ecs.models import Service
from moto.sqs.models import Queue


def run_what_is_desired():
    """ECS starts as many tasks as a service desires. moto never starts one, so a deployment never ends."""
    create = Service.__init__

    def created(self, *arguments, **named):
        create(self, *arguments, **named)
        self.running_count, self.pending_count = self.desired_count, 0
        for deployment in self.deployments:
            deployment.update(runningCount=self.desired_count, pendingCount=0, rolloutState="COMPLETED")

    Service.__init__ = created


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


def apply():
    keep_redrive_allow_policies()
    run_what_is_desired()
    describe_rules_between_groups()
    tag_scalable_targets()
