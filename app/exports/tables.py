"""Archives that members asked for."""

from piccolo.columns import (
    BigInt,
    BigSerial,
    Bytea,
    ForeignKey,
    OnDelete,
    SmallInt,
    Timestamptz,
    Varchar,
)
from piccolo.table import Table

from app.accounts.tables import User


class Export(Table, tablename="exports"):
    """One archive. `status` is queued, running, done or failed; a member has one at most that is under way.

    `tries` is how often it was begun: one that is queued after that did not work at once.
    """

    id = BigSerial(primary_key=True)
    user = ForeignKey(User, on_delete=OnDelete.cascade, null=False)
    status = Varchar(10, default="queued")
    progress = SmallInt()
    tries = SmallInt()
    size = BigInt(null=True, default=None)
    created_at = Timestamptz()
    expires_at = Timestamptz(null=True, default=None)


class ExportPart(Table, tablename="export_parts"):
    """A stretch of the file, in the order of `number`. The key is both columns; Piccolo knows keys of one only."""

    export = ForeignKey(Export, on_delete=OnDelete.cascade, null=False, primary_key=True)
    number = BigInt()
    body = Bytea()
