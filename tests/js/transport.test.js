// When the page falls back to long poll, and when it comes back.

import { deepStrictEqual as equal, ok } from "node:assert/strict";
import { test } from "node:test";

import { answer, event, openThread, subscribed, welcome } from "./machine.js";

const HTTP = { http: "http://test" };

/** A page whose sockets are closed before they say anything, and whose HTTP works. */
async function blocked() {
  const thread = await openThread(HTTP);
  const { machine } = thread;
  machine.socket.end(1006);
  await machine.advance(1000);
  machine.socket.end(1006);
  await machine.advance(0);
  return thread;
}

async function polling() {
  const thread = await blocked();
  await thread.machine.request.say({ status: "ok" });
  await thread.machine.request.page([], { seq: 10 });
  await thread.machine.waiting.find(({ query }) => query.limit).page([], { seq: 10 });
  return thread;
}

test("two sockets that closed without a word, and HTTP that answers: it polls", async () => {
  const { machine, state } = await polling();
  equal([state(), machine.request.query.wait], ["live", "10"]);
});

test("one socket that closed is not enough", async () => {
  const { machine } = await openThread(HTTP);
  machine.socket.end(1006);
  await machine.advance(0);
  equal(machine.requests, []);
});

test("no WebSockets at all: the same, without waiting for any", async () => {
  const { machine } = await openThread({ ...HTTP, blocked: true });
  await machine.advance(1000);
  equal(machine.request.path, "/health");
});

test("when HTTP does not answer either, it is the server, and the socket goes on trying", async () => {
  const { machine, state } = await blocked();
  await machine.request.cut();
  equal(state(), "offline");
  await machine.advance(4000);
  equal(machine.sockets.length, 3);
  machine.socket.say(welcome, subscribed(10), answer([]));
  equal([state(), machine.waiting], ["live", []]);
});

test("without an address for HTTP it only has sockets", async () => {
  const { machine } = await openThread();
  for (let times = 0; times < 5; times++) {
    machine.socket.end(1006);
    await machine.advance(30_000);
  }
  equal(machine.requests, []);
});

test("a server that says bye does pass", async () => {
  const { machine } = await openThread(HTTP);
  for (let times = 0; times < 5; times++) {
    machine.socket.say({ type: "bye", reason: "unavailable", reconnect_in: [0, 0] });
    machine.socket.end(1012);
    await machine.advance(0);
  }
  equal(machine.requests, []);
});

test("where one has passed before, it takes five", async () => {
  const { machine } = await openThread(HTTP);
  machine.chance = 0;
  machine.socket.say(welcome);
  for (let times = 0; times < 5; times++) {
    machine.socket.end(1006);
    await machine.advance(0);
    equal(machine.requests.length, 0, `after ${times} failures`);
  }
  machine.socket.end(1006);
  await machine.advance(0);
  equal(machine.request.path, "/health");
});

test("while it polls it tries a socket now and then, less and less often", async () => {
  const { machine, state } = await polling();
  const sockets = machine.sockets.length;
  const polls = async (ms) => {
    for (let passed = 0; passed < ms; passed += 10_000) {
      await machine.advance(10_000);
      for (const request of machine.waiting) await request.page([], { seq: 10 });
    }
  };
  await polls(30_000);
  equal(machine.sockets.length, sockets + 1);
  machine.socket.end(1006);
  await polls(50_000);
  equal([machine.sockets.length, state()], [sockets + 1, "live"]);
  await polls(10_000);
  equal(machine.sockets.length, sockets + 2);
});

test("comes back to the socket from where it is, and asks no more", async () => {
  const { machine, seen, state } = await polling();
  await machine.request.page([11]);
  machine.page.dispatchEvent(new Event("online"));
  machine.socket.say(welcome);
  equal(machine.socket.ofType("subscribe").at(-1).after, 11);
  machine.socket.say(subscribed(11), event(12), answer([]));
  await machine.advance(0);
  equal([seen.events, state(), machine.waiting], [[11, 12], "live", []]);
});

test("leaves with the page and comes back with it", async () => {
  const { machine, state } = await polling();
  machine.page.dispatchEvent(new Event("pagehide"));
  await machine.advance(120_000);
  equal([machine.waiting, state()], [[], "offline"]);
  const sockets = machine.sockets.length;
  machine.page.dispatchEvent(Object.assign(new Event("pageshow"), { persisted: true }));
  await machine.advance(0);
  equal([machine.request.path, machine.sockets.length], ["/health", sockets]);
});

test("says nothing of who is writing, and does not mind", async () => {
  const { machine, subscription } = await polling();
  subscription.typing();
  await machine.advance(0);
  ok(machine.request.query.wait);
});
