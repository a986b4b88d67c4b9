// Coming back, not coming back, jitter, pings, and what the status may claim.

import { deepStrictEqual as equal, ok } from "node:assert/strict";
import { test } from "node:test";

import { answer, event, openThread, ping, subscribed, welcome } from "./machine.js";

async function following() {
  const thread = await openThread();
  thread.machine.socket.say(welcome, subscribed(10), answer([]));
  return thread;
}

test("answers every ping", async () => {
  const { machine } = await following();
  machine.socket.say(ping(10), ping(10));
  equal(machine.socket.ofType("pong").length, 2);
});

test("comes back from its position", async () => {
  const { machine, seen, state } = await following();
  machine.socket.say(event(11));
  machine.socket.end(1006);
  equal(state(), "offline");
  await machine.advance(1000);
  equal(machine.sockets.length, 2);
  machine.socket.say(welcome);
  equal(machine.socket.sent, [
    { type: "subscribe", id: "subscribe:post:42", channel: "post:42", epoch: "e", after: 11 },
  ]);
  machine.socket.say(subscribed(11), event(12), answer([]));
  equal([seen.events, state()], [[11, 12], "live"]);
});

for (const [chance, least, most] of [[0, 0, 0], [0.999, 998, 1000]]) {
  test(`the first try comes after between ${least} and ${most} ms with chance ${chance}`, async () => {
    const { machine } = await following();
    machine.chance = chance;
    machine.socket.end(1012);
    if (least) await machine.advance(least);
    if (least) equal(machine.sockets.length, 1);
    await machine.advance(most - least);
    equal(machine.sockets.length, 2);
  });
}

test("waits longer each time it fails, and never more than 30 s", async () => {
  const { machine } = await following();
  machine.chance = 1;
  for (const most of [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]) {
    const before = machine.sockets.length;
    machine.socket.end(1006);
    await machine.advance(most - 1);
    equal(machine.sockets.length, before, `before ${most}`);
    await machine.advance(1);
    equal(machine.sockets.length, before + 1, `at ${most}`);
  }
});

test("a bye says when to come back", async () => {
  const { machine } = await following();
  machine.socket.say({ type: "bye", reason: "shutdown", reconnect_in: [2000, 6000] });
  machine.socket.end(4001);
  await machine.advance(3999);
  equal(machine.sockets.length, 1);
  await machine.advance(1);
  equal(machine.sockets.length, 2);
});

for (const code of [4400, 4401, 4403, 4409]) {
  test(`does not come back after ${code}, and says so`, async () => {
    const { machine, seen } = await following();
    machine.socket.say({ type: "bye", reason: "no", reconnect_in: null });
    machine.socket.end(code);
    await machine.advance(120_000);
    machine.page.dispatchEvent(new Event("online"));
    equal(machine.sockets.length, 1);
    equal([seen.states.at(-1).state, seen.states.at(-1).code], ["offline", code]);
  });
}

for (const code of [1006, 1012, 4001, 4008, 4012, 4013]) {
  test(`comes back after ${code}`, async () => {
    const { machine } = await following();
    machine.socket.end(code);
    await machine.advance(1000);
    equal(machine.sockets.length, 2);
  });
}

test("a connection that says nothing for longer than a ping is lost", async () => {
  const { machine, state } = await following();
  await machine.advance(15_000);
  equal([state(), machine.sockets[0].closed], ["live", false]);
  await machine.advance(1500);
  equal([machine.sockets[0].closed, machine.sockets.length], [true, 2]);
});

test("a socket that never opens is given up", async () => {
  const { machine } = await openThread();
  await machine.advance(12_000);
  ok(machine.sockets.length >= 2, "it should have tried again");
  ok(machine.sockets[0].closed, "the first socket should be closed");
});

test("is not live before it has heard that it is at the tip", async () => {
  const { machine, state } = await openThread();
  machine.socket.say(welcome, subscribed(10));
  equal(state(), "catching-up");
  machine.socket.say(answer([]));
  equal(state(), "live");
});

test("is not live when the server has not looked at the tips for long", async () => {
  const { machine, state, seen } = await following();
  machine.socket.say(ping(10, 3000));
  equal(state(), "live");
  machine.socket.say(ping(10, 3001));
  equal(state(), "catching-up");
  equal(seen.states.at(-1).until, machine.now() - 3001);
});

test("events alone do not keep it live: the pings must come too", async () => {
  const { machine, state } = await following();
  for (let seq = 11; seq < 27; seq++) {
    machine.socket.say(event(seq));
    await machine.advance(1000);
  }
  equal([state(), machine.sockets.length], ["catching-up", 1]);
  machine.socket.say(ping(26));
  equal(state(), "live");
});

test("offline tells until when what is shown is complete", async () => {
  const { machine, seen } = await following();
  await machine.advance(4000);
  machine.socket.say(ping(10, 200));
  const complete = machine.now() - 200;
  await machine.advance(3000);
  machine.socket.end(1006);
  equal(seen.states.at(-1).until, complete);
});

test("leaves with the page and comes back with it", async () => {
  const { machine } = await following();
  machine.page.dispatchEvent(new Event("pagehide"));
  equal(machine.socket.closed, true);
  await machine.advance(120_000);
  equal(machine.sockets.length, 1);
  machine.page.dispatchEvent(Object.assign(new Event("pageshow"), { persisted: true }));
  equal(machine.sockets.length, 2);
});

test("drops a connection when the network goes, and tries at once when it is back", async () => {
  const { machine, state } = await following();
  machine.chance = 0.999;
  machine.page.dispatchEvent(new Event("offline"));
  equal([state(), machine.socket.closed], ["offline", true]);
  machine.page.dispatchEvent(new Event("online"));
  equal(machine.sockets.length, 2);
});

test("after closing it stays closed", async () => {
  const { machine, live } = await following();
  live.close();
  await machine.advance(120_000);
  equal(machine.sockets.length, 1);
});
