"""Every row of the table, walked: what each person and each token is answered, in each state of the content."""

import pytest
from litestar.routes import ASGIRoute

from app.permissions.rows import EVERYBODY, Row, answer
from app.permissions.rules import REFUSALS
from app.permissions.table import ROUTES
from tests.inside import routes
from tests.permissions.asking import ask
from tests.permissions.world import make_world
from tests.serving import Server

CASES = [pytest.param(row, state, id=f"{row.name} {state}") for row in ROUTES for state in row.rules]


@pytest.mark.parametrize(("row", "state"), CASES)
async def test_everybody_is_answered_as_the_table_says(server: Server, row: Row, state: str) -> None:
    said = {who: answer(row, state, who) for who in EVERYBODY}
    # Those who are refused come first: what they left undone, others do.
    queue = sorted(EVERYBODY, key=lambda who: said[who] == "may")
    world, otherwise = await make_world(row, state), {}
    async with server.client() as client:
        for who in queue:
            heard = await ask(client, row, world.asked_by(who))
            if heard != said[who]:
                otherwise[who] = heard
            if "may" in {heard, said[who]}:
                world = await make_world(row, state)
    assert not otherwise, f"{row.name}, {state}"


def test_every_route_has_its_rows_and_every_row_its_route() -> None:
    named = {row.name for row in ROUTES}
    assert len(named) == len(ROUTES), "a route with two rows"
    of_piccolo = {row.name for row in ROUTES if row.address == "/admin"}
    assert of_piccolo
    assert site_map() == named - of_piccolo


@pytest.mark.parametrize("row", ROUTES, ids=lambda row: row.name)
def test_who_is_refused_has_a_neighbour_who_may(row: Row) -> None:
    answers = {answer(row, state, who) for state in row.rules for who in EVERYBODY}
    assert "may" in answers or not answers & set(REFUSALS)


def site_map() -> set[str]:
    """Everything that the application answers, as `GET /posts/{post_id:int}`."""
    return {
        f"{method} {route.path}"
        for route in routes()
        if not isinstance(route, ASGIRoute)
        for method in route.methods - {"OPTIONS"}
    }
