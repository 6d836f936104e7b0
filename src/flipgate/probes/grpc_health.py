"""What does a gRPC server say of its health, address by address?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import grpc
from google.protobuf.message import DecodeError
from grpc_health.v1 import health_pb2

from flipgate.core.errors import visible
from flipgate.core.facts.health import HealthAnswer
from flipgate.safety.grpc import channel, replicas

if TYPE_CHECKING:
    from flipgate.config.environment import Service
    from flipgate.safety.addresses import Address

CHECK = "grpc.health.v1.Health/Check"


def health(service: str, block: Service, names: tuple[str, ...]) -> tuple[HealthAnswer, ...]:
    """What does each address of a service answer for each of these names?

    Shape:   a call that fails is an answer too: its status code, such as NOT_FOUND or UNAVAILABLE.
    Errors:  Unreachable for a name that resolves to nothing.
    """
    return tuple(_asked(service, block, address, name) for address in replicas(block) for name in names)


def _asked(service: str, block: Service, address: Address, name: str) -> HealthAnswer:
    opened = channel(block, address)
    try:
        raw = opened.unary_unary(f"/{CHECK}")(health_pb2.HealthCheckRequest(service=name).SerializeToString())
        number = health_pb2.HealthCheckResponse.FromString(raw).status
        known = health_pb2.HealthCheckResponse.ServingStatus.DESCRIPTOR.values_by_number.get(number)
        return HealthAnswer(service, str(address), name, known.name if known else f"status {number}")
    except grpc.RpcError as error:
        return HealthAnswer(service, str(address), name, error.code().name, visible(error.details() or ""))
    except (DecodeError, ValueError) as error:
        return HealthAnswer(service, str(address), name, "no answer of health", visible(str(error)))
    finally:
        opened.close()
