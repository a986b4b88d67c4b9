// The way in: one connection, its subscriptions, and what may be said about how fresh they are.

import { Channel } from "./channel.js";
import { Status } from "./status.js";
import { Transport } from "./transport.js";

/**
 * Connect to `url` and stay connected; where WebSockets do not pass, by long poll at `http`, if that is given.
 * Everything of the machine can be given by a test.
 * Returns { subscribe, onStatus, close }; see README.md.
 */
export function connect(options) {
  const machine = withDefaults(options);
  const channels = new Map();
  const status = new Status(machine);
  const connection = new Transport(machine, hear);

  function hear(frame) {
    if (frame.type === "welcome") channels.forEach((channel) => channel.subscribe());
    else if (frame.type === "ping") channels.forEach((channel) => channel.compare(frame.seqs));
    else if (frame.type === "typing") channels.get(frame.channel)?.onTyping?.(frame.user);
    else if (frame.type === "presence") channels.get(frame.channel)?.onPresence?.(frame);
    else if (frame.type === "activity") channels.get("posts")?.onActivity?.(frame);
    else channels.get(frame.channel ?? channelOf(frame))?.hear(frame);
    status.hear(frame);
    look();
  }

  function look() {
    status.look(connection, [...channels.values()]);
  }

  function subscribe(name, { epoch, seq, onEvent, onResync, onGone, onTyping, onPresence, onActivity }) {
    const gone = (reason) => {
      channels.delete(name);
      onGone?.(reason);
    };
    const handlers = { onEvent, onResync, onGone: gone, onChange: look, onChecked: status.checked };
    const channel = new Channel(name, { epoch, seq }, handlers, connection.send, machine);
    Object.assign(channel, { onTyping, onPresence, onActivity });
    channels.set(name, channel);
    if (connection.welcome) channel.subscribe();
    return { close: () => leave(name), typing: () => connection.send({ type: "typing", channel: name }) };
  }

  function leave(name) {
    channels.get(name)?.end();
    if (channels.delete(name)) connection.send({ type: "unsubscribe", id: `unsubscribe:${name}`, channel: name });
    look();
  }

  connection.open();
  return { subscribe, onStatus: (listener) => status.listen(listener), close: connection.close };
}

// An `error` names only the request; every request's id is `verb:channel`.
function channelOf(frame) {
  return String(frame.id ?? "").replace(/^\w+:/, "");
}

function withDefaults(options) {
  return {
    WebSocket: globalThis.WebSocket,
    random: Math.random,
    now: Date.now,
    setTimeout: (act, ms) => setTimeout(act, ms),
    clearTimeout: (timer) => clearTimeout(timer),
    fetch: (...request) => fetch(...request),
    hidden: () => globalThis.document?.hidden ?? false,
    page: globalThis.addEventListener ? globalThis : new EventTarget(),
    ...options,
  };
}
