"""Mails that were not sent but kept."""

from piccolo.columns import BigSerial, Text, Timestamptz, Varchar
from piccolo.table import Table


class KeptMail(Table, tablename="mails"):
    """One mail, to be looked at under `/dev/mail`; only in development, and only without a mail server."""

    id = BigSerial(primary_key=True)
    message_id = Text()
    recipient = Varchar(254)
    subject = Text()
    text = Text()
    html = Text()
    created_at = Timestamptz()
