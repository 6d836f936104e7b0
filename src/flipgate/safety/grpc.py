"""The only door to gRPC: a channel to one address, on which only named methods can be called, each with a deadline.

The guard sits where a method becomes callable, for all four kinds of call alike: what is not on the list never exists.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import grpc
import grpc.aio

from flipgate.config.environment import Service
from flipgate.core.errors import Refused, Unreachable, visible
from flipgate.safety.addresses import Address, resolved
from flipgate.safety.procedures import READ_PROCEDURES
from flipgate.safety.tally import count

CONNECT_S, ANSWER_S = 2.0, 5.0
LARGEST_MESSAGE = 4 * 1024 * 1024

READS = READ_PROCEDURES | {
    "grpc.health.v1.Health/Check",
    "grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
    "grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
}

_OPTIONS = (
    ("grpc.primary_user_agent", "flipgate"),
    ("grpc.max_receive_message_length", LARGEST_MESSAGE),
    ("grpc.max_metadata_size", 16 * 1024),
    ("grpc.enable_http_proxy", 0),
    ("grpc.enable_retries", 0),
    ("grpc.service_config_disable_resolution", 1),
)


class ReadChannel:
    """What a channel offers to stubs, narrowed to reads. A call that states no deadline gets ours."""

    def __init__(self, channel: Any, address: str) -> None:
        self._channel, self._system = channel, f"grpc {address}"

    def unary_unary(self, method: str, *codecs: Any, **more: Any) -> Callable[..., Any]:
        return self._reading(self._channel.unary_unary, method, *codecs, **more)

    def unary_stream(self, method: str, *codecs: Any, **more: Any) -> Callable[..., Any]:
        return self._reading(self._channel.unary_stream, method, *codecs, **more)

    def stream_unary(self, method: str, *codecs: Any, **more: Any) -> Callable[..., Any]:
        return self._reading(self._channel.stream_unary, method, *codecs, **more)

    def stream_stream(self, method: str, *codecs: Any, **more: Any) -> Callable[..., Any]:
        return self._reading(self._channel.stream_stream, method, *codecs, **more)

    def close(self) -> Any:
        return self._channel.close()

    def _reading(self, factory: Callable[..., Any], method: str, *codecs: Any, **more: Any) -> Callable[..., Any]:
        if method.removeprefix("/") not in READS:
            count(self._system, refused=1)
            raise Refused(f"grpc: {visible(method)} is not one of the reads that flipgate may call")
        return functools.partial(self._counted, factory(method, *codecs, **more), timeout=ANSWER_S)

    def _counted(self, call: Callable[..., Any], *arguments: Any, **more: Any) -> Any:
        count(self._system, calls=1)
        return call(*arguments, **more)


def channel(block: Service, address: Address) -> ReadChannel:
    """Through which channel is this replica asked, call by call?"""
    return ReadChannel(_opened(grpc.secure_channel, grpc.insecure_channel, block, address), address.target)


def aio_channel(block: Service, address: Address) -> ReadChannel:
    """Through which channel is this replica asked, many calls at a time? Belongs to the running event loop."""
    return ReadChannel(_opened(grpc.aio.secure_channel, grpc.aio.insecure_channel, block, address), address.target)


def _opened(secure: Callable[..., Any], insecure: Callable[..., Any], block: Service, address: Address) -> Any:
    if not block.tls:
        return insecure(address.target, options=_OPTIONS)
    named = (*_OPTIONS, ("grpc.ssl_target_name_override", address.name), ("grpc.default_authority", address.name))
    return secure(address.target, grpc.ssl_channel_credentials(), options=named)


def replicas(block: Service) -> tuple[Address, ...]:
    """Which addresses have to be asked, so that no replica hides? A name stands for all that it resolves to.

    Errors: Unreachable for a name that resolves to nothing.
    """
    return resolved(block.addresses)


def replica(block: Service, address: Address | str) -> str:
    """How is the service at one address named to a reader?"""
    return f"{block.deployment} at {address}"


def unreachable(source: str, method: str, error: Any) -> Unreachable:
    """What does a failed call say? Its status and the server's words, made harmless."""
    return Unreachable(source, f"{error.code().name}: {visible(error.details() or '')}", method)
