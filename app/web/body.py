"""How JSON bodies become Structs: through `validation`, so that every wrong field is told at once."""

from collections.abc import Generator
from types import NoneType
from typing import Any, get_args

from litestar.dto import AbstractDTO, DTOFieldDefinition
from litestar.typing import FieldDefinition

from app.web.validation import read_json


def _struct_of(annotation: Any) -> Any:
    """What a body is read as; one that may be left out is `Struct | None`."""
    return next(kind for kind in (*get_args(annotation), annotation) if kind is not NoneType)


class JsonBody(AbstractDTO[Any]):
    """Given to Litestar as `dto=` for the whole application; it replaces only the decoding of `data`."""

    def decode_bytes(self, value: bytes) -> Any:
        field: Any = self.asgi_connection.route_handler.parsed_data_field
        return read_json(_struct_of(field.annotation), value)

    @classmethod
    def create_for_field_definition(
        cls, field_definition: FieldDefinition, handler_id: str, backend_cls: Any = None
    ) -> None:
        """Nothing to prepare: the annotated Struct is read as it is."""

    @classmethod
    def create_openapi_schema(
        cls, field_definition: FieldDefinition, handler_id: str, schema_creator: Any
    ) -> Any:
        return schema_creator.for_field_definition(field_definition)

    @classmethod
    def generate_field_definitions(cls, model_type: type[Any]) -> Generator[DTOFieldDefinition, None, None]:
        yield from ()

    @classmethod
    def detect_nested_field(cls, field_definition: FieldDefinition) -> bool:
        return False
