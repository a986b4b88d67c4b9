"""Every column that points at a member, and what an archive of that member makes of it.

A new one needs a line here: the section that has it, or why it is none of theirs (`tests/database/test_inventory.py`).
"""

PROFILE = "about"

# `table.column`: the section.
TOLD = {
    "profiles.user": PROFILE,
    "uploads.owner": PROFILE,
    "posts.author": "posts",
    "comments.author": "comments",
    "reactions.user": "reactions",
    "drafts.user": "drafts",
    "reads.user": "reads",
    "post_follows.user": "followed-posts",
    "member_follows.user": "followed-members",
    "tag_follows.user": "followed-tags",
    "blocks.user": "blocks",
    "follow_settings.user": "follow-settings",
    "notification_settings.user": "notification-settings",
    "digests.user": "digests",
    "unsubscriptions.user": "stopped-mails",
    "notifications.user": "notifications",
    "notification_mails.user": "notifications",
    "sessions.user": "sessions",
    "known_browsers.user": "known-browsers",
    "api_tokens.user": "tokens",
    "second_factors.user": "second-factor",
    "recovery_codes.user": "second-factor",
    "email_verifications.user": "address-confirmations",
    "email_changes.user": "address-changes",
    "exports.user": "archives",
    "flags.reporter": "flags",
    "flags.resolver": "flags-resolved",
    "suspensions.user": "suspensions",
    "suspensions.moderator": "suspensions-given",
    "moderation_actions.actor": "moderation-actions",
    "admin_changes.admin": "admin-changes",
}

# `table.column`: why not.
LEFT_OUT = {
    "post_revisions.editor": "Words of the post's author, who has them in theirs.",
    "comment_revisions.editor": "Words of the comment's author, who has them in theirs.",
    "member_follows.member": "Whom somebody follows is told to that somebody.",
    "blocks.member": "Who blocks a member stays unknown to them.",
    "mentions.user": "Where others name a member; the words are those others'.",
    "flags.member": "What others reported about a member.",
    "notifications.member": "What others were told about a member.",
    "notification_actors.actor": "What others were told about a member's doing, which itself is told.",
    "pending_sign_ins.user": "A sign-in half done, forgotten within minutes; nothing in it but a hash and times.",
    "password_resets.user": "A link that opens an account, good for two hours; nothing in it but a hash and times.",
}
