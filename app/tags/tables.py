"""Tags that are, or were, in use."""

from piccolo.columns import BigInt, Varchar
from piccolo.table import Table


class Tag(Table, tablename="tags"):
    """`posts_count` counts the posts that stand; a job keeps it right."""

    name = Varchar(24, primary_key=True)
    posts_count = BigInt()
