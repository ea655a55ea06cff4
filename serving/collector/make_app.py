"""The collector of this installation, as an ASGI application: ``make_app`` is what the server calls."""

import logging
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from orchestration.settings import Settings
from serving.collector.app import CollectorApp

if TYPE_CHECKING:
    from serving.collector.ingest import Collector

log = logging.getLogger("dogear.collector")


def make_app() -> CollectorApp:
    """Return the application with the settings of the environment; ``DATABASE_URL`` must be set."""
    from serving.collector.api import make_api

    settings = Settings()
    collectors: list[Collector] = []

    async def opens(stack: AsyncExitStack) -> "Collector":
        collector = open_collector(settings, stack)
        collectors.append(collector)
        return collector

    return CollectorApp(opens, make_api(lambda: collectors[0]))


def open_collector(settings: Settings, stack: AsyncExitStack) -> "Collector":
    from orchestration.events.journal.journal import Journal
    from orchestration.events.places import Places
    from orchestration.resources.database import expected_url
    from orchestration.resources.parent_process import end_with_parent
    from serving.collector.ingest import Collector
    from serving.collector.limits import limits_of
    from serving.collector.registry import Known
    from serving.http.client_address import ClientAddress, trusted_networks
    from serving.http.connections import Connections, connections_at_once
    from serving.http.in_flight import InFlight

    end_with_parent()
    folder = settings.journal_folder
    journal = stack.enter_context(Journal(folder, settings.journal_reserve_mb * 2**20))
    known = stack.enter_context(Known(folder, expected_url(settings), log.warning))
    addresses = ClientAddress(trusted_networks(settings.trusted_proxies))
    in_flight = InFlight(settings.connection_limit)
    port, most = settings.collector_port, settings.connection_limit
    stack.enter_context(Connections(port, most, connections_at_once(), addresses.client_at, in_flight.busy))
    return Collector(
        journal=journal,
        known=known,
        addresses=addresses,
        places=Places(settings.geo_database),
        limits=limits_of(settings),
        in_flight=in_flight,
    )
