"""What the connectors' tests share: emulators or `responses` in the place of the network."""

from collections.abc import Callable, Iterator

import httpx
import pytest
import responses

from connectors import http
from connectors.base import Connector
from connectors.emulation import Emulator
from connectors.http import Talk
from tests.connectors.forward import Forward

type Mount = Callable[[type[Connector], httpx.BaseTransport], None]
type Connect = Callable[..., Connector]


@pytest.fixture
def mount() -> Iterator[Mount]:
    """Answers a connector's base address with a transport, for the length of a test."""
    before = dict(http.mounts)

    def put(connector: type[Connector], transport: httpx.BaseTransport) -> None:
        http.mounts[connector.base_url] = transport
        http.pool.cache_clear()

    yield put
    http.mounts.clear()
    http.mounts.update(before)
    http.pool.cache_clear()


@pytest.fixture
def connect(mount: Mount) -> Connect:
    """A connector bound to an emulator in process: `connect(Homerun, emulator, key=…, sleep=…)`."""

    def bind(connector: type[Connector], emulator: Emulator, *, key: str = "", **callables: object) -> Connector:
        mount(connector, emulator.transport())
        return connector(Talk(connector, {"api_key": key or emulator.key}, **callables))  # type: ignore[arg-type, attr-defined]

    return bind


@pytest.fixture
def network() -> Iterator[responses.RequestsMock]:
    """`responses` in the place of the network; every registered answer must be asked for."""
    with responses.RequestsMock() as mocked:
        yield mocked


@pytest.fixture
def forwarded(mount: Mount, network: responses.RequestsMock) -> Callable[[type[Connector]], Connector]:
    """A connector with the key `secret-key-17` whose requests end up at `network`."""

    def bind(connector: type[Connector]) -> Connector:
        mount(connector, Forward())
        return connector(Talk(connector, {"api_key": "secret-key-17"}, sleep=lambda seconds: None))

    return bind
