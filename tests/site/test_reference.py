"""The API's reference: whole, and shown out of its package without anything inline."""

from litestar import Controller

from app.routes import ROUTES


async def test_every_operation_says_how_it_may_be_refused(client):
    schema = (await client.get("/api/openapi.json")).json()
    operations = [
        operation
        for path, item in schema["paths"].items()
        for method, operation in item.items()
        if method in {"get", "post", "put", "patch", "delete"}
    ]
    assert len(operations) > 30
    for operation in operations:
        assert operation["summary"]
        assert operation["tags"], operation["operationId"]
        refused = operation["responses"]["422"]["content"]["application/json"]["schema"]
        assert refused == {"$ref": "#/components/schemas/Failure"}
    assert set(schema["components"]["securitySchemes"]) == {"cookie", "bearer"}


async def test_every_path_of_the_api_is_in_it(client):
    documented = set((await client.get("/api/openapi.json")).json()["paths"])
    controllers = [route for route in ROUTES if isinstance(route, type) and issubclass(route, Controller)]
    paths = {
        str(vars(route)["path"])
        for route in controllers
        if str(vars(route).get("path", "")).startswith("/api/v1/")
    }
    assert paths
    assert {path.split("{")[0].rstrip("/") for path in paths} <= {
        path.split("{")[0].rstrip("/") for path in documented
    }


async def test_the_page_brings_its_files_from_here(client):
    page = (await client.get("/api/docs")).text
    assert "http" not in page.partition("<script")[2].partition("</head>")[0]
    for name in ("swagger-ui.css", "swagger-ui-bundle.js"):
        path = page.partition("/api/docs/")[2].partition("/")[0]
        answer = await client.get(f"/api/docs/{path}/{name}")
        assert (answer.status_code, "immutable" in answer.headers["cache-control"]) == (200, True)
    assert (await client.get(f"/api/docs/{path}/..%2fsecrets")).status_code == 404


async def test_an_answer_without_a_body_is_told_without_one_and_a_file_is_told(client):
    paths = (await client.get("/api/openapi.json")).json()["paths"]
    empty = [
        operation["responses"]["204"]
        for item in paths.values()
        for operation in item.values()
        if "204" in operation["responses"]
    ]
    assert len(empty) > 5
    assert not [answer for answer in empty if "content" in answer]
    taken = paths["/api/v1/users/{user_id}/avatar"]["put"]["requestBody"]["content"]
    assert list(taken) == ["multipart/form-data"]


async def test_an_answer_to_a_key_that_repeats_is_told(client):
    paths = (await client.get("/api/openapi.json")).json()["paths"]
    for path in ("/api/v1/posts", "/api/v1/posts/{post_id}/comments"):
        assert {"200", "201"} <= set(paths[path]["post"]["responses"])
