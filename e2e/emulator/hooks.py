"""What tests ask of the account itself, and what AWS does inside, where no API of AWS reaches: POST /emulator/NAME with JSON.

save         {"file"}                            the whole account into a file, see snapshot.py
assume       {"role", "service", "source"}       credentials that a service of AWS takes for its customer, if the role trusts it
deployments  {"held"}                            whether a new deployment waits to be completed by "service", or is complete at once
service      {"cluster", "service", "set"}       what a deployment came to: fields of an ECS service as DescribeServices tells them
deliver      {"queue", "service", "source", "body"}  a message that a service of AWS sends for a source, if the queue lets it in
switch       {"seconds"}                         how long a request goes on before another one has its turn
zone         {"id", "name", "private"}           a hosted zone that was there before, under the id that it is known by
"""

import json
import os
import sys
import traceback

from moto.core import DEFAULT_ACCOUNT_ID
from moto.core.utils import camelcase_to_underscores, utcnow
from moto.ecs.models import ecs_backends
from moto.iam.models import iam_backends
from moto.route53.models import route53_backends
from moto.sqs.models import sqs_backends
from moto.sts.models import sts_backends

import authorization
import repairs
import snapshot


class Refused(Exception):
    """AWS would say no."""


def save(asked):
    snapshot.save(asked["file"])


def assume(asked):
    """Without a service nobody asks whom the role trusts."""
    service, arn = asked.get("service"), asked["role"]
    account = arn.split(":")[4]
    role = iam_backends[account]["aws"].get_role_by_arn(arn)
    if service:
        keys = {"aws:SourceAccount": account, "aws:SourceArn": asked.get("source", "")}
        target = authorization.Target("*", keys)
        if not authorization.allows(role.assume_role_policy_document, "sts:AssumeRole", target, service):
            raise Refused(f"{arn} does not trust {service} for {asked.get('source')}")
    session = sts_backends[account]["aws"].assume_role(
        region_name="us-east-1",
        role_session_name=asked.get("session", "session"),
        role_arn=arn,
        policy=None,
        duration=3600,
        external_id=None,
    )
    return {
        "Key": session.access_key_id,
        "Secret": session.secret_access_key,
        "Token": session.session_token,
        "Expiration": session.expiration.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def deployments(asked):
    repairs.deployments_are_held = asked["held"]


def service(asked):
    cluster = asked["cluster"].split("/")[-1]
    found = ecs_backends[DEFAULT_ACCOUNT_ID][asked["region"]].services[f"{cluster}:{asked['service'].split('/')[-1]}"]
    for name, value in asked["set"].items():
        if name in ("deployments", "events"):
            value = [dated(entry) for entry in value]
        setattr(found, camelcase_to_underscores(name), value)


def dated(entry):
    """Times come as seconds, and are times for moto."""
    now = utcnow()
    moments = {name: now.fromtimestamp(entry[name]) for name in ("createdAt", "updatedAt") if name in entry}
    return {**entry, **moments}


def deliver(asked):
    """Nobody calls the API of the queue: the service comes by its own name, and only the queue's policy lets it in."""
    _, _, _, region, account, name = asked["queue"].split(":")
    if not authorization.lets_in(asked["queue"], asked["source"], asked["service"]):
        raise Refused(f"{asked['queue']} lets nothing in that {asked['service']} sends for {asked['source']}")
    sqs_backends[account][region].send_message(name, asked["body"])


def switch(asked):
    """Requests that must not meet in the middle do at once when turns are short."""
    sys.setswitchinterval(asked["seconds"])


def zone(asked):
    """CreateHostedZone gives an id of its own choice, and who was told a zone's id did not choose it."""
    backend = route53_backends[os.environ["MOTO_ACCOUNT_ID"]]["aws"]
    network = {"vpcid": "vpc-0123456789abcdef0", "vpcregion": "us-east-1"} if asked["private"] else {}
    made = backend.create_hosted_zone(asked["name"] + ".", private_zone=asked["private"], **network)
    del backend.zones[made.resource_id]
    made.resource_id = asked["id"]
    backend.zones[made.resource_id] = made


HOOKS = {hook.__name__: hook for hook in (save, assume, deployments, service, deliver, switch, zone)}


def answer(name, body):
    """The status and the body of the answer. A failure is told: the caller has no other way to see it."""
    try:
        return "200 OK", json.dumps(HOOKS[name](json.loads(body)) or {})
    except Refused as refusal:
        return "403 Forbidden", str(refusal)
    except Exception:
        return "500 Internal Server Error", traceback.format_exc()
