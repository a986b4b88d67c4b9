"""Where Piccolo's own commands find the engine and the tables."""

from piccolo.conf.apps import AppRegistry

from app.database.engine import DB

__all__ = ["APP_REGISTRY", "DB"]

APP_REGISTRY = AppRegistry(apps=["app.piccolo_app"])
