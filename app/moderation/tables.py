"""What moderators did, line by line; nothing in it can be changed or taken out."""

from piccolo.columns import BigInt, BigSerial, Text, Timestamptz, Varchar
from piccolo.table import Table


class ModerationAction(Table, tablename="moderation_actions"):
    """One act. `actor` and the subject are ids without a foreign key, as the line outlives them."""

    id = BigSerial(primary_key=True)
    actor = BigInt()
    action = Varchar(20)
    subject_type = Varchar(10)
    subject_id = BigInt()
    reason = Text(null=True, default=None)
    created_at = Timestamptz()
