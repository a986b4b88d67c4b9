"""What the demo's people say must be sayable: by people there are, within the limits, in order."""

from typing import get_args

from app.demo import content
from app.reactions.schemas import Kind


def test_thirty_threads_and_fourteen_people_or_so():
    assert len(list(content.threads())) >= 30
    roles = [member.role for member in content.members().values()]
    assert (roles.count("admin"), roles.count("moderator"), roles.count("member")) == (1, 1, 12)


def test_everything_that_is_said_can_be_said():
    people = set(content.members())
    for thread in content.threads():
        assert {thread.by, *(remark.by for remark in thread.remarks)} <= people, thread.name
        assert 3 <= len(thread.title) <= 120
        assert len(thread.tags) <= 5
        for remark in thread.remarks:
            assert remark.body, (thread.name, remark)
            assert remark.after < thread.age, (thread.name, remark)
            assert set(remark.reactions) <= set(get_args(Kind)), (thread.name, remark)
            assert max([0, *remark.reactions.values()]) < len(people)
            if remark.parent is not None:
                assert remark.after >= thread.remarks[remark.parent].after, (thread.name, remark)


def test_some_threads_go_deep():
    def depth(thread, index):
        parent = thread.remarks[index].parent
        return 0 if parent is None else 1 + depth(thread, parent)

    deepest = max(depth(thread, i) for thread in content.threads() for i in range(len(thread.remarks)))
    assert deepest >= 3
