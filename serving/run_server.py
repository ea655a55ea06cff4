"""Run the web process until it is asked to end: ``python -m serving.run_server``."""

from serving.http.granian_server import serve

if __name__ == "__main__":
    serve("serving.make_app:make_app", "web", websockets=True)
