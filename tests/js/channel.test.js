// Order, duplicates, holes, pages and resync on one channel.

import { deepStrictEqual as equal, ok } from "node:assert/strict";
import { test } from "node:test";

import { answer, event, events, openThread, ping, resync, subscribed, welcome } from "./machine.js";

async function following(options) {
  const thread = await openThread(options);
  thread.machine.socket.say(welcome, subscribed(10), answer([]));
  return thread;
}

test("subscribes from the page's position, with the subprotocol", async () => {
  const { machine } = await openThread();
  machine.socket.say(welcome);
  equal(machine.socket.protocol, "hubbub.v1");
  equal(machine.socket.sent, [
    { type: "subscribe", id: "subscribe:post:42", channel: "post:42", epoch: "e", after: 10 },
  ]);
});

test("starts at the tip when the page has no position", async () => {
  const { machine, seen } = await openThread({ place: {} });
  machine.socket.say(welcome, subscribed(7, { recovered: false }), event(8));
  equal(machine.socket.ofType("subscribe")[0], { type: "subscribe", id: "subscribe:post:42", channel: "post:42" });
  equal(seen.events, [8]);
});

test("applies events in order and drops what is not newer", async () => {
  const { machine, seen } = await following();
  machine.socket.say(event(11), event(12), event(11), event(12), event(9), event(13));
  equal(seen.events, [11, 12, 13]);
});

test("holds what comes after a hole and fetches the rest once", async () => {
  const { machine, seen, state } = await following();
  machine.socket.say(event(13), event(14));
  equal(seen.events, []);
  equal(state(), "catching-up");
  const asked = machine.socket.ofType("fetch").slice(1);
  equal(asked, [{ type: "fetch", id: "fetch:post:42", channel: "post:42", epoch: "e", after: 10 }]);
  machine.socket.say(answer([11, 12, 13]));
  equal(seen.events, [11, 12, 13, 14]);
  equal(state(), "live");
});

test("a hole is filled however much is held behind it", async () => {
  const { machine, seen, state } = await following();
  for (let seq = 13; seq <= 5013; seq++) machine.socket.say(event(seq));
  machine.socket.say(answer([11, 12, 13]));
  equal(seen.events.length, 5002);
  equal(machine.socket.ofType("fetch").at(-1).after, 5012);
  machine.socket.say(answer([5013]));
  equal([seen.events.at(-1), state()], [5013, "live"]);
});

test("goes on fetching while there is more, one page at a time", async () => {
  const { machine, seen } = await following();
  machine.socket.say(event(16), answer([11, 12], true));
  equal(machine.socket.ofType("fetch").at(-1).after, 12);
  machine.socket.say(answer([13, 14], true), answer([15, 16]));
  equal(seen.events, [11, 12, 13, 14, 15, 16]);
  equal(machine.socket.ofType("fetch").length, 4);
});

test("takes the pages that the server sends after subscribed, and only then is live", async () => {
  const { machine, seen, state } = await openThread();
  machine.socket.say(welcome, subscribed(10), events([11, 12], true), answer([11], true));
  equal([seen.events, state()], [[11, 12], "catching-up"]);
  equal(machine.socket.ofType("fetch").length, 1, "while pages come nothing else is asked for;");
  machine.socket.say(events([13]), ping(13));
  equal([seen.events, state()], [[11, 12, 13], "live"]);
});

test("a fetch that brings nothing waits before the next one", async () => {
  const { machine, seen } = await following();
  machine.socket.say(event(12), answer([]));
  equal(machine.socket.ofType("fetch").length, 2);
  await machine.advance(1000);
  equal(machine.socket.ofType("fetch").length, 3);
  machine.socket.say(answer([11, 12]));
  equal(seen.events, [11, 12]);
});

test("a ping ahead of the position is a loss, one behind it is not", async () => {
  const { machine, seen } = await following();
  machine.socket.say(ping(9));
  equal(machine.socket.ofType("fetch").length, 1);
  machine.socket.say(ping(12));
  equal(machine.socket.ofType("fetch").at(-1).after, 10);
  machine.socket.say(answer([11, 12]));
  equal(seen.events, [11, 12]);
});

for (const reason of ["pruned", "too_far", "epoch"]) {
  test(`resync (${reason}): loads the snapshot, holds events meanwhile, goes on behind it`, async () => {
    let loaded;
    const { machine, seen, state } = await openThread({ reload: () => new Promise((go) => (loaded = go)) });
    const epoch = reason === "epoch" ? "f" : "e";
    machine.socket.say(welcome, subscribed(50, { epoch, recovered: false }), resync(50, { epoch, reason }));
    equal(seen.resyncs, [{ epoch, seq: 50, reason }]);
    machine.socket.say(event(51), event(52), event(53), ping(53));
    equal([seen.events, state()], [[], "catching-up"]);
    loaded({ epoch, seq: 52 });
    await machine.advance(0);
    equal([seen.events, state()], [[53], "live"]);
    equal(seen.resyncs.length, 1);
  });
}

test("a resync that fails is tried again after a pause", async () => {
  let tries = 0;
  const reload = async () => { if (++tries < 3) throw new Error("no network"); };
  const { machine, seen } = await openThread({ reload });
  machine.socket.say(welcome, subscribed(50, { recovered: false }), resync(50), event(51));
  await machine.advance(5000);
  equal([tries, seen.events], [3, [51]]);
});

test("a later resync takes the place of one that is still loading", async () => {
  const loads = [];
  const { machine, seen } = await openThread({ reload: () => new Promise((go) => loads.push(go)) });
  machine.socket.say(welcome, subscribed(50, { recovered: false }), resync(50), resync(60), event(61));
  loads[0]({ epoch: "e", seq: 50 });
  await machine.advance(0);
  equal(seen.events, []);
  loads[1]({ epoch: "e", seq: 60 });
  await machine.advance(0);
  equal(seen.events, [61]);
});

test("an error of the page with one event does not cost it the next", async () => {
  const { machine, live } = await openThread();
  const heard = [];
  const thrown = [];
  machine.setTimeout = (act) => { try { act(); } catch (error) { thrown.push(error.message); } };
  live.subscribe("posts", { epoch: "e", seq: 1, onEvent: ({ seq }) => { heard.push(seq); throw new Error("oh"); } });
  machine.socket.say(welcome, { ...event(2), channel: "posts" }, { ...event(3), channel: "posts" });
  equal(heard, [2, 3]);
});

test("a channel that may not be read is gone, and does not hold up the others", async () => {
  const { machine, live, seen, state } = await openThread();
  live.subscribe("posts", { epoch: "e", seq: 1 });
  machine.socket.say(welcome, { ...answer([]), channel: "posts" }, ping(0));
  equal(state(), "catching-up");
  machine.socket.say({ type: "error", id: "subscribe:post:42", code: "not_found", message: "" });
  equal([seen.gone, state()], [["not_found"], "live"]);
});

test("a server that cannot answer now is asked again after its pause", async () => {
  const { machine } = await openThread();
  const error = { type: "error", id: "subscribe:post:42", code: "unavailable", message: "", retry_after_ms: 1000 };
  machine.socket.say(welcome, error);
  await machine.advance(999);
  equal(machine.socket.ofType("subscribe").length, 1);
  await machine.advance(1001);
  ok(machine.socket.ofType("subscribe").length === 2, "it should have asked again");
});

test("passes on who is here, which moves no position", async () => {
  const { machine, seen, state } = await following();
  machine.socket.say({ type: "presence", channel: "post:42", count: 3, users: [] });
  machine.socket.say({ type: "presence", channel: "post:7", count: 9, users: [] });
  machine.socket.say({ type: "activity", post: 42, comments_count: 1 }, event(11));
  equal([seen.presence, seen.events, state()], [[3], [11], "live"]);
});
