"""What Prometheus is told, in a registry of the server's own."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

_SECONDS = (0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 60)


class Metrics:
    """Counters of one server."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "cwm_lab_requests", "Requests", ["path", "status"], registry=self.registry
        )
        self.predictions = Counter(
            "cwm_lab_predictions", "Made, shared, or kept", ["how"], registry=self.registry
        )
        self.uncounted = Counter(
            "cwm_lab_uncounted_predictions",
            "Let through because the database could not be written",
            registry=self.registry,
        )
        self.steps = Counter("cwm_lab_steps", "Steps predicted", registry=self.registry)
        self.deaths = Counter(
            "cwm_lab_worker_deaths", "Workers that ended by themselves", registry=self.registry
        )
        self.first = Histogram(
            "cwm_lab_first_step_seconds",
            "From the request to the first step",
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.seconds = Histogram(
            "cwm_lab_prediction_seconds",
            "Time that a worker spent",
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.waiting = Gauge(
            "cwm_lab_queue_length", "Predictions that wait", ["model"], registry=self.registry
        )
        self.streams = Gauge("cwm_lab_open_streams", "Open streams", registry=self.registry)
        self.cached = Gauge(
            "cwm_lab_cache_bytes", "Bytes of finished predictions", registry=self.registry
        )

    def text(self) -> bytes:
        """All of it in Prometheus' format."""
        return generate_latest(self.registry)
