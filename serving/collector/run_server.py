"""Run the collector's server until it is asked to end: ``python -m serving.collector.run_server``."""

from serving.http.granian_server import serve

if __name__ == "__main__":
    serve("serving.collector.make_app:make_app", "collector", websockets=False)
