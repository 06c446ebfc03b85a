"""The whole state of an account in one file, from which another server answers the same.

moto keeps everything in one object for each service, account and region. Those are pickled as one graph, so that what they
share stays shared; what stands for a service's objects in general becomes a name, and locks are made anew.
"""

import importlib
import marshal
import pickle
import tempfile
import threading
import types
import weakref

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from moto.backends import get_backend
from moto.core.base_backend import AccountSpecificBackend, BackendDict

LOCKS = {type(threading.Lock()): threading.Lock, type(threading.RLock()): threading.RLock, threading.Condition: threading.Condition}


def used():
    """The objects that exist, by service, account and region."""
    return {
        service.service_name: {account: dict(regions) for account, regions in service.items()}
        for service in BackendDict._instances
    }


def spooled(content):
    file = tempfile.SpooledTemporaryFile()
    file.write(content)
    file.seek(0)
    return file


def private_key(content):
    return serialization.load_der_private_key(content, None)


def certificate(content):
    return x509.load_der_x509_certificate(content)


def local_function(code, module, name, defaults, kept):
    """What a function made in passing was: moto fills dictionaries by such."""
    cells = tuple(types.CellType(value) for value in kept)
    return types.FunctionType(marshal.loads(code), vars(importlib.import_module(module)), name, defaults, cells)


class Pickler(pickle.Pickler):
    def persistent_id(self, thing):
        if isinstance(thing, BackendDict):
            return thing.service_name, None
        if isinstance(thing, AccountSpecificBackend):
            return thing.service_name, thing.account_id
        return None

    def reducer_override(self, thing):
        if type(thing) in LOCKS:
            return LOCKS[type(thing)], ()
        if isinstance(thing, tempfile.SpooledTemporaryFile):
            place = thing.tell()
            thing.seek(0)
            content = thing.read()
            thing.seek(place)
            return spooled, (content,)
        if isinstance(thing, types.FunctionType) and "<locals>" in thing.__qualname__:
            kept = [cell.cell_contents for cell in thing.__closure__ or ()]
            return local_function, (marshal.dumps(thing.__code__), thing.__module__, thing.__name__, thing.__defaults__, kept)
        if isinstance(thing, weakref.WeakValueDictionary):
            return weakref.WeakValueDictionary, (), None, None, iter(list(thing.items()))
        if isinstance(thing, PrivateKeyTypes):
            content = thing.private_bytes(
                serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            return private_key, (content,)
        if isinstance(thing, x509.Certificate):
            return certificate, (thing.public_bytes(serialization.Encoding.DER),)
        return NotImplemented


class Unpickler(pickle.Unpickler):
    def persistent_load(self, name):
        service, account = name
        everything = get_backend(service)
        return everything if account is None else everything[account]


def save(path):
    with open(path, "wb") as file:
        Pickler(file, protocol=pickle.HIGHEST_PROTOCOL).dump(used())


def restore(path):
    with open(path, "rb") as file:
        saved = Unpickler(file).load()
    for service, accounts in saved.items():
        for account, regions in accounts.items():
            for region, backend in regions.items():
                dict.__setitem__(get_backend(service)[account], region, backend)
