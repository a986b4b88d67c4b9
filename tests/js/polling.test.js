// The same channel by long poll: order, pages, resync, refusals, and how few requests it takes.

import { deepStrictEqual as equal, ok } from "node:assert/strict";
import { test } from "node:test";

import { openThread } from "./machine.js";

const CHANNEL = "/api/v1/channels/post:42/events";

/** A page without WebSockets that the server has said hello to. */
async function withoutSockets(options = {}) {
  const thread = await openThread({ blocked: true, http: "http://test", ...options });
  await thread.machine.advance(1000);
  await thread.machine.request.say({ status: "ok" });
  return thread;
}

/** One that is at its tip, 10. */
async function following(options) {
  const thread = await withoutSockets(options);
  await thread.machine.request.page([], { seq: 10 });
  await confirm(thread.machine);
  return thread;
}

// The channel asks whether it is at the tip, as it does over a socket.
async function confirm(machine, seq = 10) {
  await machine.waiting.find(({ query }) => query.limit === "1").page([], { seq });
}

test("asks for what came after the page's position, at once, and then waits", async () => {
  const { machine, seen, state } = await withoutSockets();
  equal([machine.request.path, machine.request.query], [CHANNEL, { epoch: "e", after: "10", wait: "0" }]);
  await machine.request.page([11, 12]);
  await confirm(machine, 12);
  equal([seen.events, state()], [[11, 12], "live"]);
  equal(machine.request.query, { epoch: "e", after: "12", wait: "10" });
  await machine.request.page([13]);
  equal([seen.events, machine.request.query.after], [[11, 12, 13], "13"]);
});

test("starts at the tip when the page has no position", async () => {
  const { machine, seen } = await withoutSockets({ place: {} });
  equal(machine.request.query, { wait: "0" });
  await machine.request.page([], { seq: 7 });
  await confirm(machine, 7);
  equal(machine.request.query, { epoch: "e", after: "7", wait: "10" });
  await machine.request.page([8]);
  equal(seen.events, [8]);
});

test("takes all pages, one after the other", async () => {
  const { machine, seen, state } = await withoutSockets();
  await machine.request.page([11, 12], { more: true });
  const next = () => machine.waiting.find(({ query }) => query.wait);
  equal(state(), "catching-up");
  await next().page([13, 14], { more: true });
  await next().page([15]);
  await confirm(machine, 15);
  equal([seen.events, state()], [[11, 12, 13, 14, 15], "live"]);
});

test("a resync loads the snapshot and goes on from there", async () => {
  const { machine, seen, state } = await withoutSockets();
  const data = { type: "resync", channel: "post:42", epoch: "f", seq: 50, reason: "epoch" };
  await machine.request.say({ data, meta: { channel: "post:42", epoch: "f", seq: 50, checked_ms: 0 } });
  equal(seen.resyncs, [{ epoch: "f", seq: 50, reason: "epoch" }]);
  equal([machine.request.query.epoch, machine.request.query.after, state()], ["f", "50", "live"]);
});

test("an empty answer is as good as a ping, one from a blind server is not", async () => {
  const { machine, state } = await following();
  await machine.advance(10_000);
  await machine.request.page([], { seq: 10 });
  equal([state(), machine.request.query.after], ["live", "10"]);
  await machine.advance(10_000);
  await machine.request.page([], { seq: 10, checked_ms: 3001 });
  equal(state(), "catching-up");
});

test("a channel that may not be read is gone; so is one that may not be read any more", async () => {
  const unknown = await withoutSockets();
  await unknown.machine.request.say({ success: false }, 404);
  equal([unknown.seen.gone, unknown.machine.waiting], [["not_found"], []]);
  const revoked = await following();
  await revoked.machine.request.say({ success: false }, 404);
  equal([revoked.seen.gone, revoked.machine.waiting], [["access"], []]);
});

test("a server that cannot answer now is asked again after its pause", async () => {
  const { machine, seen } = await following();
  await machine.request.say({ success: false }, 503, { "Retry-After": "2" });
  await machine.advance(2900);
  equal(machine.waiting, []);
  await machine.advance(200);
  await machine.request.page([11]);
  equal(seen.events, [11]);
});

test("a line that is cut is offline until the server answers again", async () => {
  const { machine, seen, state } = await following();
  await machine.request.cut();
  equal(state(), "offline");
  await machine.advance(1000);
  equal(machine.request.path, "/health");
  await machine.request.cut();
  await machine.advance(2000);
  await machine.request.say({ status: "ok" });
  equal(machine.request.query, { epoch: "e", after: "10", wait: "0" });
  await machine.request.page([11]);
  await confirm(machine, 11);
  equal([seen.events, state()], [[11], "live"]);
});

test("a request that is never answered is a line that is cut", async () => {
  const { machine, state } = await following();
  await machine.advance(19_000);
  equal(state(), "catching-up");
  await machine.advance(1500);
  equal(state(), "offline");
});

test("whoever is signed out does not come back, and says so", async () => {
  const { machine, seen } = await following();
  await machine.request.say({ success: false }, 401);
  await machine.advance(600_000);
  equal([seen.states.at(-1).state, seen.states.at(-1).code, machine.waiting], ["offline", 4401, []]);
});

test("a hidden page holds no connection open", async () => {
  const { machine, seen } = await following();
  machine.away = true;
  await machine.request.page([11]);
  equal(machine.request.query, { epoch: "e", after: "11", wait: "0" });
  await machine.request.page([12]);
  equal([seen.events, machine.waiting], [[11, 12], []]);
  await machine.advance(5000);
  equal(machine.request.query, { epoch: "e", after: "12", wait: "0" });
});

test("two channels of a page wait, the others ask now and then", async () => {
  const { machine, live } = await following();
  for (const channel of ["posts", "user:3"]) {
    live.subscribe(channel, { epoch: "e", seq: 1 });
    await machine.waiting.find(({ path }) => path.includes(channel)).page([], { seq: 1, channel });
    await machine.waiting.find(({ query }) => query.limit === "1").page([], { seq: 1, channel });
  }
  const asked = () => machine.waiting.map(({ path, query }) => [path.split("/").at(-2), query.wait]);
  equal(asked(), [["post:42", "10"], ["posts", "10"], ["user:3", "0"]]);
  await machine.waiting.at(-1).page([], { seq: 1, channel: "user:3" });
  equal(asked(), [["post:42", "10"], ["posts", "10"]]);
  await machine.advance(5000);
  equal(asked(), [["post:42", "10"], ["posts", "10"], ["user:3", "0"]]);
});

test("takes a breath when it is sent away at once", async () => {
  const { machine } = await following();
  await machine.request.page([], { seq: 10 });
  equal(machine.waiting, []);
  await machine.advance(1000);
  ok(machine.request.query.wait === "10");
});

test("asks no more for a channel that was closed", async () => {
  const { machine, subscription } = await following();
  subscription.close();
  await machine.advance(60_000);
  equal(machine.waiting, []);
});
