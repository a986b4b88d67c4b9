"""Jobs about exports: shallow, each repeatable."""

from app.database.transaction import Change
from app.exports import building, mails, states
from app.jobs.giving_up import when_given_up
from app.jobs.urgency import slow
from app.mail.delivery import deliver


async def fail_export(change: Change, *, export_id: int) -> None:
    """It did not work, however often it was tried: say so, to its member as well."""
    if await states.fail(change, export_id):
        await change.enqueue(send_export_failed, key=f"export_failed:{export_id}", export_id=export_id)


@when_given_up(fail_export)
@slow
async def build_export(*, export_id: int) -> None:
    """Put together all that is one member's; tried again it begins anew."""
    await building.build(export_id, send_export_ready_soon)


async def send_export_ready_soon(change: Change, export_id: int) -> None:
    await change.enqueue(send_export_ready, key=f"export_ready:{export_id}", export_id=export_id)


async def send_export_ready(*, export_id: int) -> None:
    """Tell its member where the archive is."""
    await deliver(await mails.export_ready(export_id))


async def send_export_failed(*, export_id: int) -> None:
    """Tell its member that there is no archive, and how to have another try."""
    await deliver(await mails.export_failed(export_id))


@slow
async def prune_exports() -> None:
    await states.drop_old()
