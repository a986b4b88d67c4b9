"""What a process says: one line an event, in one format, and nothing that is somebody's."""

import json


async def test_every_line_of_a_server_is_json_when_machines_read_it(serve):
    own = serve(log_format="json", slow_request_ms=1, slow_query_ms=1)
    async with own.client() as client:
        await client.get("/?q=somebodys-secret-words")
        await client.get("/api/v1/posts?q=somebodys-secret-words")
    own.terminate()
    lines = [line for line in own.output().splitlines() if line.startswith("{")]
    events = [json.loads(line) for line in lines]
    assert {"slow_request", "slow_query"} <= {event["event"] for event in events}
    assert all(event["timestamp"] and event["level"] for event in events)
    assert "somebodys-secret-words" not in own.output()
