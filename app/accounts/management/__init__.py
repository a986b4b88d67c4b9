"""What moderators and admins decide about a member, on one page."""
