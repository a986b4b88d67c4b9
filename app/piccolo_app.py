"""Every table of Hubbub, as Piccolo wants them listed."""

from pathlib import Path

from piccolo.conf.apps import AppConfig, table_finder

TABLE_MODULES = [
    "app.accounts.tables",
    "app.posts.tables",
    "app.comments.tables",
    "app.reactions.tables",
    "app.tags.tables",
    "app.reads.tables",
    "app.drafts.tables",
    "app.notifications.tables",
    "app.follows.tables",
    "app.mentions.tables",
    "app.uploads.tables",
    "app.live.tables",
    "app.jobs.tables",
    "app.admin.tables",
    "app.mail.tables",
    "app.counters.tables",
    "app.exports.tables",
    "app.moderation.tables",
    "app.flags.tables",
]

APP_CONFIG = AppConfig(
    app_name="hubbub",
    migrations_folder_path=str(Path(__file__).parent.parent / "piccolo_migrations"),
    table_classes=table_finder(TABLE_MODULES),
)
