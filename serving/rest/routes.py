"""All routes of the API but those of access, and how an application gets them."""

from fastapi import FastAPI

from serving.questions.service import Questions
from serving.rest import analytics


def add_api(app: FastAPI, questions: Questions) -> None:
    """Add the routes; ``questions`` answers what they ask."""
    setattr(app.state, analytics.STATE, questions)
    app.include_router(analytics.routes)
