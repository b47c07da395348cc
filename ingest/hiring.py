"""Settings → the workers of a run, and the steps as they can be sent to them."""

from __future__ import annotations

from ingest.local_workers import LocalWorkers
from ingest.planning import Tasks, tasks_anywhere
from ingest.ray_workers import RayWorkers, require_ray
from ingest.workers import Workers, threads_each
from rag.settings import Settings

NO_RAY = "none"


def wants_workers(settings: Settings) -> bool:
    """True when the work is not to be done in this process.

    Raises:
        SettingsError: Ray is wanted and not installed.
    """
    if settings.ray_address != NO_RAY:
        require_ray()
        return True
    return settings.ingest_workers > 1


def hire(settings: Settings) -> tuple[Workers, Tasks]:
    """The workers that the settings ask for; to be closed.

    Raises:
        SettingsError: No Ray cluster is at the address.
    """
    count = settings.ingest_workers
    if settings.ray_address != NO_RAY:
        cluster = RayWorkers(settings.ray_address, count)
        return cluster, _tasks(settings, cluster.threads)
    threads = threads_each(count)
    return LocalWorkers(count, threads, settings.ingest_worker_memory), _tasks(settings, threads)


def _tasks(settings: Settings, threads: int) -> Tasks:
    return tasks_anywhere(settings.embedding_model, settings.passage_tokens, threads)
