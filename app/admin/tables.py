"""What admins changed, line by line; nothing in it can be changed or taken out."""

from piccolo.columns import JSONB, BigInt, BigSerial, Text, Timestamptz, Varchar
from piccolo.table import Table


class AdminChange(Table, tablename="admin_changes"):
    """One change of one row. `before` and `after` hold the columns that changed, never a secret one."""

    id = BigSerial(primary_key=True)
    admin = BigInt()
    admin_username = Varchar(20)
    table_name = Text()
    row_id = Text()
    action = Varchar(10)
    before = JSONB(null=True, default=None)
    after = JSONB(null=True, default=None)
    at = Timestamptz()
