"""Uploads, and the pictures that were made of each."""

from piccolo.columns import BigSerial, Bytea, ForeignKey, OnDelete, SmallInt, Timestamptz, Varchar
from piccolo.table import Table

from app.accounts.tables import User


class Upload(Table, tablename="uploads"):
    """One thing that a member sent. `name` is random; who knows it may see it."""

    id = BigSerial(primary_key=True)
    name = Varchar(32)
    owner = ForeignKey(User, on_delete=OnDelete.cascade, null=False)
    created_at = Timestamptz()


class Picture(Table, tablename="pictures"):
    """A square WebP of an upload; `size` is its side in pixels."""

    id = BigSerial(primary_key=True)
    upload = ForeignKey(Upload, on_delete=OnDelete.cascade, null=False)
    size = SmallInt()
    body = Bytea()
