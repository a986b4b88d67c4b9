"""What happens elsewhere while somebody reads: written through the API."""

from typing import Any

from tests.cast import Member
from tests.serving import Server


class Writer:
    """A member who writes, edits and removes without a browser."""

    def __init__(self, server: Server, member: Member) -> None:
        self._server = server
        self._member = member

    async def post(
        self, title: str = "What do you bake on Sundays?", body: str = "Tell me."
    ) -> dict[str, Any]:
        return await self._ask("POST", "/posts", {"title": title, "body": body})

    async def comment(self, post: dict[str, Any], body: str, parent: int | None = None) -> int:
        new = {"body": body, "parent_id": parent}
        return int((await self._ask("POST", f"/posts/{post['id']}/comments", new))["id"])

    async def comments(self, post: dict[str, Any], count: int, body: str = "Reply") -> list[int]:
        return [await self.comment(post, f"{body} {number}") for number in range(1, count + 1)]

    async def edit(self, comment_id: int, body: str) -> None:
        await self._ask("PATCH", f"/comments/{comment_id}", {"body": body})

    async def edit_post(self, post: dict[str, Any], **changes: str) -> None:
        await self._ask("PATCH", f"/posts/{post['id']}", changes)

    async def remove_post(self, post: dict[str, Any]) -> None:
        await self._ask("DELETE", f"/posts/{post['id']}")

    async def restore_post(self, post: dict[str, Any]) -> None:
        await self._ask("DELETE", f"/posts/{post['id']}/removal")

    async def turn(self, post: dict[str, Any], state: str, *, on: bool) -> None:
        """As a moderator: `lock` or `pin`, and back."""
        await self._ask("PUT" if on else "DELETE", f"/posts/{post['id']}/{state}")

    async def react(self, noun: str, number: int, kind: str) -> None:
        await self._ask("PUT", f"/{noun}/{number}/reactions/{kind}")

    async def remove(self, comment_id: int) -> None:
        await self._ask("DELETE", f"/comments/{comment_id}")

    async def restore(self, comment_id: int) -> None:
        await self._ask("DELETE", f"/comments/{comment_id}/removal")

    async def _ask(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        async with self._server.client(self._member.token) as client:
            response = await client.request(method, f"/api/v1{path}", json=body)
        assert response.is_success, response.text
        return dict(response.json()["data"]) if response.content else {}
