// A program that follows a channel with the module: `node follow.mjs ORIGIN CHANNEL COUNT socket|poll`.

import { connect } from "../../static/js/live/connect.js";

const [origin, channel, count, way] = process.argv.slice(2);
const ways = way === "poll" ? { WebSocket: undefined } : {};
const live = connect({ url: `${origin.replace("http", "ws")}/live`, http: origin, ...ways });
let heard = 0;
live.subscribe(channel, {
  onEvent({ seq, event }) {
    console.log(`${seq} ${event}`);
    if (++heard === Number(count)) live.close();
  },
});
live.onStatus(({ state }) => state === "live" && console.log("live"));
