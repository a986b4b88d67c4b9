"""Every controller, in the order of its address: the site map."""

from litestar.types import ControllerRouterHandler

from app.accounts.addresses.pages import AddressPages
from app.accounts.api import AccountsController
from app.accounts.deletion.pages import DeletionPages
from app.accounts.management.pages import ManagementPages
from app.accounts.onboarding.pages import OnboardingPages
from app.accounts.pages import AccountPages
from app.accounts.profiles.api import UsersController
from app.accounts.profiles.pages import ProfilePages
from app.accounts.resets.api import PasswordResetsController
from app.accounts.resets.pages import PasswordResetPages
from app.accounts.second_factor.api import SecondFactorController
from app.accounts.second_factor.pages import SecondFactorPages
from app.accounts.security.api import SecurityController
from app.accounts.security.pages import SecurityPages
from app.accounts.set_up.pages import SetUpPages
from app.accounts.settings.pages import SettingsPages
from app.accounts.suspensions.api import SuspensionsController
from app.accounts.tokens.api import TokensController
from app.accounts.tokens.pages import TokenPages
from app.accounts.verification_pages import VerificationPages
from app.admin.bridge import admin
from app.admin.jobs.pages import JobPages
from app.comments.api import CommentsController
from app.comments.pages import CommentPages, ThreadPages
from app.drafts.api import DraftsController
from app.drafts.pages import DraftPages
from app.exports.api import ExportsController
from app.exports.pages import ExportPages
from app.flags.api import FlagsController
from app.flags.pages import FlagPages
from app.follows.api import FollowsController
from app.follows.pages import FollowPages
from app.live.stream import follow_channel
from app.mail.lists.pages import UnsubscriptionPages
from app.mail.pages import DevMailPages
from app.moderation.api import ModerationController, ModerationLogController
from app.moderation.pages import ModerationPages, PostStatePages
from app.notifications.api import NotificationsController
from app.notifications.pages import NotificationPages
from app.notifications.settings.api import NotificationSettingsController
from app.notifications.settings.pages import NotificationSettingsPages
from app.posts.api import PostsController
from app.posts.pages import FrontPage, PostPages
from app.reactions.api import ReactionsController
from app.reactions.pages import ReactionPages
from app.reads.api import ReadPages, ReadsController
from app.site import asyncapi, feeds, files, reference, robots
from app.tags.api import TagsController
from app.telemetry.metrics import metrics
from app.uploads.pages import picture
from app.web.assets import static_file
from app.web.health import health, ready

ROUTES: list[ControllerRouterHandler] = [
    FrontPage,  # / /tags/{name}
    AccountPages,  # /sign-up /sign-in /sign-in/code /sign-out
    OnboardingPages,  # /first-steps
    ProfilePages,  # /@{username} /@{username}/comments
    SettingsPages,  # /settings /settings/avatar /settings/look
    SecurityPages,  # /settings/password /settings/sessions
    SecondFactorPages,  # /settings/two-factor
    AddressPages,  # /settings/email /email-changes/{token}
    ExportPages,  # /settings/export
    DeletionPages,  # /settings/account /farewell /users/{id}/deletion
    ManagementPages,  # /users/{id}/management /users/{id}/suspension /users/{id}/role /users/{id}/admin-notes
    TokenPages,  # /settings/tokens
    VerificationPages,  # /email-verifications /email-verifications/{token}
    PasswordResetPages,  # /password-resets/new /password-resets /password-resets/{token}
    UnsubscriptionPages,  # /unsubscriptions/{name}/{user_id}/{signature}
    SetUpPages,  # /set-up/{token}
    PostPages,  # /posts /posts/new /posts/{id}/edit …
    ThreadPages,  # /posts/{id}/{slug} /comments/{id}
    CommentPages,  # /comments/{id}/…
    ReactionPages,  # /posts/{id}/reactions /comments/{id}/reactions
    ReadPages,  # /posts/{id}/read
    FollowPages,  # /posts/{id}/follow /users/{id}/block /tags/{name}/follow … /settings/following
    FlagPages,  # /flags /flags/new /moderation
    DraftPages,  # /drafts /drafts/{subject}
    NotificationPages,  # /notifications
    NotificationSettingsPages,  # /settings/notifications
    PostStatePages,  # /posts/{id}/lock /posts/{id}/pin
    ModerationPages,  # /moderation/log
    SecurityController,  # /api/v1/me/password /api/v1/me/email /api/v1/sessions
    SecondFactorController,  # /api/v1/me/totp
    PasswordResetsController,  # /api/v1/password-resets
    TokensController,  # /api/v1/tokens
    SuspensionsController,  # /api/v1/users/{id}/suspension
    UsersController,  # /api/v1/users
    AccountsController,  # /api/v1/registrations /api/v1/session /api/v1/me /api/v1/email-verifications
    PostsController,  # /api/v1/posts
    CommentsController,  # /api/v1/posts/{id}/comments /api/v1/comments
    ReadsController,  # /api/v1/posts/{id}/read
    ReactionsController,  # /api/v1/posts/{id}/reactions/{kind} /api/v1/comments/{id}/reactions/{kind}
    DraftsController,  # /api/v1/drafts
    ExportsController,  # /api/v1/exports
    TagsController,  # /api/v1/tags
    FlagsController,  # /api/v1/flags
    FollowsController,  # /api/v1/…/follow /api/v1/posts/{id}/mute /api/v1/users/{id}/block /api/v1/blocks
    NotificationsController,  # /api/v1/notifications
    NotificationSettingsController,  # /api/v1/notification-settings
    ModerationController,  # /api/v1/posts/{id}/lock /api/v1/posts/{id}/pin /api/v1/…/removal
    ModerationLogController,  # /api/v1/moderation/log
    follow_channel,  # /api/v1/channels/{channel}/events
    asyncapi.asyncapi,  # /api/asyncapi.json
    reference.docs,
    reference.docs_file,  # /api/docs
    feeds.front_feed,
    feeds.thread_feed,  # /feed.atom /posts/{id}/feed.atom
    robots.robots,
    robots.sitemap,
    robots.sitemap_page,  # /robots.txt /sitemap.xml /sitemaps/{number}
    *files.FILES,  # /theme.css /logo /favicon.svg /favicon.ico /icons/… /site.webmanifest
    # /live is no route: app/live/socket.py answers it before the application.
    picture,  # /uploads/{random}.webp
    JobPages,  # /admin/jobs
    admin,  # /admin/…: Piccolo Admin
    DevMailPages,  # /dev/mail
    static_file,  # /static/{version}/…
    health,
    ready,  # /health /health/ready
    metrics,  # /metrics
]
