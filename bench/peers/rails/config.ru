# Action Cable alone, as `rails new` sets it up for production: Puma, the Redis adapter, one channel.
require "logger"
require "action_controller/railtie"
require "action_cable/engine"
require "redis"

class Cable < Rails::Application
  config.root = __dir__
  config.eager_load = false
  config.logger = Logger.new(nil)
  config.hosts.clear if config.respond_to?(:hosts)
  config.action_cable.mount_path = "/cable"
  config.action_cable.disable_request_forgery_protection = true
  config.action_cable.cable =
    { adapter: "redis", url: ENV.fetch("REDIS_URL"), channel_prefix: "bench" }.with_indifferent_access
end

module ApplicationCable
  class Connection < ActionCable::Connection::Base; end
end

class CommentsChannel < ActionCable::Channel::Base
  def subscribed = stream_from("comments")
end

ActionCable.server.config.logger = Logger.new(nil)
ActionCable.server.config.connection_class = -> { ApplicationCable::Connection }
Cable.initialize!
run Cable
