"""Walks the OpenAPI document as somebody: requests that fit it and others, at addresses that exist and others."""

from collections import Counter, defaultdict
from typing import Any
from zlib import crc32

import schemathesis
from hypothesis.strategies import SearchStrategy, one_of
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.cast import Member
from tests.fuzz.person import Person
from tests.serving import Server

CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_headers_conformance,
    response_schema_conformance,
]  # fmt: skip


class Walk:
    """One person's way through all operations. `answers` counts statuses by operation."""

    def __init__(self, server: Server, member: Member | None, things: dict[str, list[Any]]) -> None:
        self.answers: dict[str, Counter[int]] = defaultdict(Counter)
        self._server, self._person = server, Person(member)
        # What is made on the way comes to it.
        self._things = defaultdict(list, {name: list(known) for name, known in things.items()})

    def cases(self, document: dict[str, Any]) -> SearchStrategy[Case[Any]]:
        """Of every operation, half of them such that the document forbids them."""
        schema = schemathesis.openapi.from_dict(document)
        # Who is signed in is so by the cookie; to nobody it makes up cookies and tokens.
        schema.config.generation.update(with_security_parameters=self._person.member is None)
        return one_of([schema.as_strategy(mode) for mode in GenerationMode])

    def step(self, case: Case[Any]) -> None:
        """Ask, and hold the answer against the document. Raises schemathesis' FailureGroup."""
        self._find_way(case)
        headers = self._person.headers
        answer = case.call(self._server.url, self._person.session(), headers=headers, timeout=60)
        self._note(case, answer)
        case.validate_response(answer, checks=CHECKS, headers=headers)

    def _find_way(self, case: Case[Any]) -> None:
        """Three times in four to what is there."""
        for name, value in (case.path_parameters or {}).items():
            known = self._things[name]
            place = crc32(str(value).encode(errors="replace")) % (len(known) * 4 // 3 + 1)
            if place < len(known):
                case.path_parameters[name] = known[place]
        if isinstance(case.query, dict) and "wait" in case.query:
            # Nobody says anything while we wait.
            case.query["wait"] = 0

    def _note(self, case: Case[Any], answer: Any) -> None:
        self.answers[case.operation.label][answer.status_code] += 1
        if answer.status_code == 201 and isinstance(data := answer.json().get("data"), dict) and "id" in data:
            name = case.operation.path.rstrip("/").rpartition("/")[2].rstrip("s")
            self._things[f"{name}_id"].append(data["id"])
