"""The Python client, which also holds every frame against its description."""

import json

from app.live.client import Client
from app.live.following import Frame
from tests.frames import check_answer, check_said


class CheckingClient(Client):
    """Raises AssertionError where anybody says what is not described."""

    def __init__(self, *arguments: object, **options: object) -> None:
        self._asked: dict[str, Frame] = {}
        super().__init__(*arguments, **options)  # type: ignore[arg-type]  # passed on as they came

    def _take(self, frame: Frame) -> None:
        check_said(frame)
        if (request := self._asked.pop(json.dumps(frame.get("id", [])), None)) is not None:
            check_answer(request, frame)
        super()._take(frame)

    def _say(self, frame: Frame) -> None:
        if "id" in frame:
            self._asked[json.dumps(frame["id"])] = frame
        super()._say(frame)
