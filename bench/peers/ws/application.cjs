// `ws` as its readme broadcasts: one send a client, the frame made anew for each.
const { createClient } = require("redis");
const { WebSocketServer } = require("ws");

const [port, redisUrl, channel] = process.argv.slice(2);
const server = new WebSocketServer({ port: Number(port), host: "127.0.0.1", perMessageDeflate: false });
const redis = createClient({ url: redisUrl });
redis.connect().then(() =>
  redis.subscribe(channel, (text) => {
    for (const client of server.clients) if (client.readyState === 1) client.send(text);
  }),
);
